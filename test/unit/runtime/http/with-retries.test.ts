/** Who is asked again, how often and after how long; never who has begun to answer. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { ModelRuntime, Priority, StreamPart } from "../../../../server/model/model-runtime.ts";
import { RuntimeError, toRuntimeError } from "../../../../server/model/runtime-error.ts";
import { statusError } from "../../../../server/runtime/http/http-errors.ts";
import { withRetries } from "../../../../server/runtime/http/with-retries.ts";
import { collect, greedy, never } from "../../../support/host-fixture.ts";
import { ManualClock, settle } from "../../../support/manual-clock.ts";

const usage = { prompt: 1, cached: 0, reasoning: 0, generated: 1 };
const busy = (status = 429, retryAfter?: string) =>
  statusError({
    name: "openai",
    url: new URL("http://127.0.0.1:1"),
    status,
    text: "",
    retryAfter,
    conceal: (words) => words,
  });

/** What the n-th request does: fails, or streams, or streams a part and then fails. */
type Step = RuntimeError | "answers" | "breaks off";

interface Seen {
  readonly at: readonly number[];
  readonly outcome: string;
}

interface Asking {
  readonly priority?: Priority;
  readonly random?: number;
  readonly signal?: AbortSignal;
  /** Milliseconds that pass. */
  readonly pass?: number;
}

async function ask(steps: readonly Step[], asking: Asking = {}): Promise<Seen> {
  const { priority = "chat", random = 0, signal = never, pass = 300_000 } = asking;
  const clock = new ManualClock();
  const at: number[] = [];
  async function* infill(): AsyncGenerator<StreamPart, void> {
    const step = steps[Math.min(at.length, steps.length - 1)] ?? "answers";
    at.push(Math.round(clock.now()));
    if (step instanceof RuntimeError) throw step;
    yield { kind: "text-delta", text: "a" };
    if (step === "breaks off") throw busy();
    yield { kind: "stream-end", reason: "stop", usage };
  }
  const embed = async () => {
    await collect(infill());
    return [];
  };
  const inner: ModelRuntime = {
    infill,
    chat: infill,
    embed,
    countTokens: () => Promise.resolve(1),
    warm: () => embed().then(() => usage),
  };
  const runtime = withRetries(inner, { clock, random: () => random });
  const request = { prompt: [], maxTokens: 8, stop: [], sampling: greedy, priority };
  const asked = collect(runtime.infill(request, signal)).then(
    () => "answered",
    (error: unknown) => toRuntimeError(error).code,
  );
  await clock.advance(pass);
  return { at, outcome: await asked };
}

describe("a runtime that is too busy", () => {
  const check = async (steps: readonly Step[], at: readonly number[], outcome: string, asking?: Asking) =>
    assert.deepEqual(await ask(steps, asking), { at, outcome });

  it("is asked again with growing waits", () =>
    check([busy(), busy(503), busy(), "answers"], [0, 125, 375, 875], "answered"));
  it("is asked later by chance", () =>
    check([busy(), busy(), "answers"], [0, 250, 750], "answered", { random: 1 }));
  it("is left alone as long as it says", () => check([busy(429, "3"), "answers"], [0, 3000], "answered"));
  it("is left alone until when it says", async () => {
    const until = new Date(Date.now() + 5000).toUTCString();
    const { at } = await ask([busy(503, until), "answers"]);
    assert.ok((at[1] ?? 0) > 3000 && (at[1] ?? 0) <= 5000, String(at[1]));
  });
  it("is not waited for longer than that is worth", () =>
    check([busy(429, "3600"), "answers"], [0], "queue-full"));
  it("is hardly waited for by a completion", () =>
    check([busy(), "answers"], [0, 125], "answered", { priority: "completion" }));
  it("is given up in the end", () =>
    check([busy()], [0, 125, 375, 875], "queue-full", { priority: "completion" }));
  it("is not asked again when it fails otherwise", () =>
    check([busy(500), "answers"], [0], "runtime-crashed"));
  it("is not asked again once it has streamed", () => check(["breaks off", "answers"], [0], "queue-full"));
  it("is not asked again after an abort", async () => {
    const controller = new AbortController();
    const seen = ask([busy(), "answers"], { signal: controller.signal, pass: 50 });
    await settle();
    controller.abort();
    assert.deepEqual((await seen).at, [0]);
  });

  it("is never asked earlier than it says, nor twice once it has streamed", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 5 })),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (seconds, random) => {
          const steps = [...seconds.map((s) => busy(429, String(s))), "breaks off" as const];
          const { at } = await ask(steps, { random });
          for (const [index, s] of seconds.slice(0, at.length - 1).entries())
            assert.ok((at[index + 1] ?? 0) - (at[index] ?? 0) >= s * 1000 - 1);
          assert.ok(at.length <= steps.length);
        },
      ),
      { numRuns: 50 },
    ));
});
