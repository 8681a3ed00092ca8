/** One answer beside others in the same lane: it touches the lane within its own turns and never between them. */

import assert from "node:assert/strict";
import type { Token } from "node-llama-cpp";
import { Generation } from "../../../server/runtime/embedded/generation.ts";
import type { Lane } from "../../../server/runtime/embedded/lane.ts";
import { Meter } from "../../../server/runtime/embedded/meter.ts";
import { StepQueue } from "../../../server/runtime/scheduler/step-queue.ts";
import { never } from "../../support/host-fixture.ts";

const words = ["<think>", "</think>", "\n", "\n\n", "plan ", "on ", "and ", "Answer", "."];
const token = (word: string) => words.indexOf(word) as Token;
const model = {
  tokenize: (text: string) => (words.includes(text) ? [token(text)] : []),
  detokenize: (tokens: readonly Token[]) => tokens.map((id) => words[id]).join(""),
} as ConstructorParameters<typeof Generation>[0]["model"];

describe("an answer whose thought is cut short", () => {
  it("leaves the lane alone while another has the turn", async () => {
    const queue = new StepQueue();
    const other = queue.join("completion");
    let otherComputes = false;
    const calls: string[] = [];
    const touch = (name: string) => calls.push(otherComputes ? `${name} in the other's turn` : name);
    const script = ["plan ", "on ", "and ", "Answer", "."];
    const lane: Pick<Lane, "claim" | "advance" | "force"> = {
      claim: () => Promise.resolve(0),
      advance: (job) => {
        touch("advance");
        const next = token(script[calls.filter((call) => call.startsWith("advance")).length - 1] ?? "");
        job.tokens.push(next);
        return Promise.resolve({ kind: "generated", tokens: 1, token: next });
      },
      force: (job, tokens) => {
        touch("force");
        job.tokens.push(...tokens);
        return Promise.resolve();
      },
    };
    const ticket = queue.join("chat");
    other.dispose();
    const options = { model, lane, ticket, meter: new Meter(), sampling: { temperature: 0 } };
    const generation = new Generation({
      ...options,
      prompt: [token("<think>")],
      opening: "<think>\n",
      maxTokens: 5,
      stop: [],
      thinkingTokens: 2,
    });
    let text = "";
    for await (const part of generation.run(never)) {
      if (part.kind === "stream-end") break;
      if ("text" in part) text += part.text;
      // A completion computes while the reader has not asked for the next part.
      const pressing = queue.join("completion");
      const turn = await pressing.turn(never);
      otherComputes = true;
      await new Promise((resolve) => setImmediate(resolve));
      queueMicrotask(() => {
        otherComputes = false;
        turn?.dispose();
        pressing.dispose();
      });
    }
    assert.equal(text, "<think>\nplan on and \n</think>\n\nAnswer.");
    assert.deepEqual(calls, ["advance", "advance", "advance", "force", "advance", "advance"]);
  });
});
