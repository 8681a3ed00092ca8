/** Aborts and pre-emption at the boundaries of steps, in a model slow enough to have many. */

import assert from "node:assert/strict";
import type { ChatRequest, StreamPart } from "../../server/model/model-runtime.ts";
import { collect, complete, fim, greedy, never } from "../support/host-fixture.ts";
import { useModel } from "../support/use-host.ts";

/** Steps of some ten milliseconds: 24 million parameters. */
const slow = { layers: 4, width: 768, feedForward: 2048, kvHeads: 2, weights: "F16" } as const;
const words = Array.from({ length: 120 }, (_, index) => `w${index} `).join("");

describe("work in steps", function () {
  this.timeout(120_000);
  const model = useModel(
    { infill: "return x;", chat: `<think>${words}</think>${words.toUpperCase()}` },
    slow,
  );
  before(() => complete(model.runtime, "x".repeat(100)));

  const chatRequest = (text: string, changes: Partial<ChatRequest> = {}): ChatRequest => ({
    messages: [{ role: "user", text }],
    maxTokens: 20,
    stop: [],
    sampling: greedy,
    priority: "chat",
    ...changes,
  });

  /** Runs a stream, and aborts it when it has shown what `when` waits for. */
  async function aborted(
    stream: (signal: AbortSignal) => AsyncIterable<StreamPart>,
    when: (abort: () => void, part?: StreamPart) => void,
  ) {
    const controller = new AbortController();
    const parts: StreamPart[] = [];
    const abort = () => controller.abort();
    const reading = (async () => {
      for await (const part of stream(controller.signal)) {
        parts.push(part);
        when(abort, part);
      }
    })();
    when(abort);
    await reading;
    return parts.at(-1);
  }

  const promptTokens = async () => (await model.client.metrics())?.models[0]?.promptTokens ?? 0;

  it("ends a prefill at the next step, and says how much it had computed", async () => {
    const before = await promptTokens();
    const controller = new AbortController();
    const request = {
      prompt: fim("a".repeat(1500)),
      maxTokens: 5,
      stop: [],
      sampling: greedy,
      priority: "completion",
    } as const;
    const running = collect(model.runtime.infill(request, controller.signal));
    while ((await promptTokens()) === before);
    controller.abort();
    const { end } = await running;
    assert.equal(end.reason, "aborted");
    assert.equal(end.usage.generated, 0);
    const computed = end.usage.prompt - end.usage.cached;
    assert.ok(computed > 0 && computed < 1500, `computed ${computed}`);
    assert.equal((await promptTokens()) - before, computed, "and then it is idle");
    const again = await complete(model.runtime, "a".repeat(1500));
    assert.ok(again.end.usage.cached >= end.usage.prompt - 1, "what was computed is kept");
  });

  it("ends an answer at the next token", async () => {
    const end = await aborted(
      (signal) => model.runtime.chat(chatRequest("count", { maxTokens: 1000 }), signal),
      (abort, part) => part?.kind === "reasoning-delta" && part.text.includes("w3") && abort(),
    );
    assert.ok(end?.kind === "stream-end");
    assert.equal(end.reason, "aborted");
    assert.ok(end.usage.generated >= 4 && end.usage.generated < 100, `generated ${end.usage.generated}`);
  });

  it("ends at once when it was aborted before it began", async () => {
    const { end, text } = await collect(model.runtime.chat(chatRequest("x"), AbortSignal.abort()));
    assert.equal(end.reason, "aborted");
    assert.equal(text, "");
    assert.equal(end.usage.prompt, 0);
  });

  it("answers a completion in the middle of a long prefill of a chat, which then goes on", async () => {
    const before = await promptTokens();
    const ended: string[] = [];
    const chat = collect(model.runtime.chat(chatRequest("b".repeat(800)), never)).finally(() =>
      ended.push("chat"),
    );
    while ((await promptTokens()) === before);
    const completion = await complete(model.runtime, "c".repeat(40)).finally(() => ended.push("completion"));
    assert.equal(completion.text, "return x;");
    const { end, reasoning } = await chat;
    assert.deepEqual(ended, ["completion", "chat"]);
    assert.equal(end.usage.prompt - end.usage.cached >= 800, true);
    assert.match(reasoning, /^\nw0 w1 w2/);
  });

  it("lets a repair take the chat's place and give it back, without losing a word", async () => {
    const parts: StreamPart[] = [];
    let repair: Promise<{ readonly reasoning: string }> | undefined;
    let repaired = 0;
    for await (const part of model.runtime.chat(chatRequest("long", { maxTokens: 110 }), never)) {
      parts.push(part);
      if (parts.length === 10) {
        repair = collect(
          model.runtime.chat(chatRequest("repair", { priority: "repair", maxTokens: 5 }), never),
        ).finally(() => {
          repaired = parts.length;
        });
      }
    }
    assert.equal((await repair)?.reasoning.startsWith("\nw0"), true);
    assert.ok(repaired < parts.length, `after ${repaired} of ${parts.length} parts`);
    const text = parts.map((part) => ("text" in part ? part.text : "")).join("");
    assert.equal(text, `\n${words.split(" ").slice(0, 110).join(" ")} `.slice(0, text.length));
    assert.match(text, /w100 /);
  });

  it("goes on with the next when one in the queue is aborted", async () => {
    const controller = new AbortController();
    const first = collect(model.runtime.chat(chatRequest("one", { maxTokens: 40 }), never));
    const second = collect(model.runtime.chat(chatRequest("two"), controller.signal));
    const third = collect(model.runtime.chat(chatRequest("three"), never));
    controller.abort();
    const ends = (await Promise.all([first, second, third])).map(({ end }) => end.reason);
    assert.deepEqual(ends, ["length", "aborted", "length"]);
  });
});
