/** What a person sees of an answer that goes round in circles: it is cut, and tried once again. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { ChatRequest, ModelRuntime, Sampling, StreamPart } from "../../../server/model/model-runtime.ts";
import { otherSampling, withLoopGuard } from "../../../server/sampling/with-loop-guard.ts";
import { FakeRuntime } from "../../support/fake-runtime.ts";

const never = new AbortController().signal;
const looping = "I check the value once more. ".repeat(50);
const tokens = (text: string) => text.match(/.{1,4}/gs) ?? [];

/** A runtime whose tries say what they are given, and that ends when it is told to. */
class TalkingRuntime extends FakeRuntime {
  readonly asked: Sampling[] = [];
  running = 0;
  readonly #tries: string[];
  readonly #kind: "reasoning-delta" | "text-delta";

  constructor(tries: readonly string[], kind: "reasoning-delta" | "text-delta" = "text-delta") {
    super();
    this.#tries = [...tries];
    this.#kind = kind;
  }

  override async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<StreamPart> {
    assert.equal(this.running++, 0, "one try at a time");
    this.asked.push(request.sampling);
    let generated = 0;
    for (const text of tokens(this.#tries.shift() ?? "")) {
      if (signal.aborted) break;
      generated++;
      yield { kind: this.#kind, text };
      await Promise.resolve();
    }
    this.running--;
    const usage = { prompt: 10, cached: 0, reasoning: 0, generated };
    yield { kind: "stream-end", reason: signal.aborted ? "aborted" : "stop", usage };
  }
}

interface Heard {
  readonly text: string;
  readonly restarts: number;
  readonly end: Extract<StreamPart, { readonly kind: "stream-end" }>;
}

async function hear(runtime: ModelRuntime, temperature: number, signal: AbortSignal): Promise<Heard> {
  const sampling = { temperature };
  const request: ChatRequest = { messages: [], maxTokens: 999, stop: [], sampling, priority: "chat" };
  let text = "";
  let restarts = 0;
  for await (const part of runtime.chat(request, signal)) {
    if (part.kind === "stream-end") return { text, restarts, end: part };
    if (part.kind === "answer-restart") {
      restarts++;
      text = "";
    } else text += part.text;
  }
  throw new Error("The stream did not end");
}

describe("the loop guard", () => {
  it("lets a good answer pass", async () => {
    const runtime = new TalkingRuntime(["All is well."]);
    let loops = 0;
    const guarded = withLoopGuard(runtime, { reasons: false, onLoop: () => loops++ });
    const { text, restarts, end } = await hear(guarded, 0.6, never);
    assert.deepEqual([text, restarts, end.reason, loops], ["All is well.", 0, "stop", 0]);
  });

  it("cuts a loop and tries once again, cooler; both tries are counted", async () => {
    const runtime = new TalkingRuntime([looping, "It is 4."]);
    let loops = 0;
    const guarded = withLoopGuard(runtime, { reasons: false, onLoop: () => loops++ });
    const { text, restarts, end } = await hear(guarded, 0.6, never);
    assert.deepEqual([text, restarts, end.reason, loops], ["It is 4.", 1, "stop", 1]);
    assert.deepEqual(
      runtime.asked.map(({ temperature }) => temperature.toFixed(2)),
      ["0.60", "0.45"],
    );
    const least = (looping.length / 50) * 2;
    assert.ok(end.usage.generated * 4 > least && end.usage.generated * 4 < least * 2.5);
  });

  it("ends as an answer that was too long when the second try loops too, and cools further next time", async () => {
    const runtime = new TalkingRuntime([looping, looping, looping, "Done."]);
    let loops = 0;
    const guarded = withLoopGuard(runtime, { reasons: false, onLoop: () => loops++ });
    const { restarts, end } = await hear(guarded, 0.9, never);
    assert.deepEqual([restarts, end.reason, loops], [1, "length", 2]);
    assert.equal((await hear(guarded, 0.9, never)).text, "Done.");
    const temperatures = runtime.asked.map(({ temperature }) => temperature.toFixed(2));
    assert.deepEqual(temperatures, ["0.90", "0.75", "0.90", "0.45"]);
  });

  it("sees reasoning that goes round in circles, and warms it", async () => {
    const runtime = new TalkingRuntime([looping, "Hm."], "reasoning-delta");
    const guarded = withLoopGuard(runtime, { reasons: true, onLoop: () => {} });
    assert.equal((await hear(guarded, 0.6, never)).text, "Hm.");
    assert.equal(runtime.asked[1]?.temperature, 0.7);
  });

  it("does not try again for one who has gone", async () => {
    const runtime = new TalkingRuntime([looping, "late"]);
    const gone = new AbortController();
    const guarded = withLoopGuard(runtime, { reasons: false, onLoop: () => {} });
    const heard = hear(guarded, 0.6, gone.signal);
    await Promise.resolve();
    gone.abort();
    assert.equal((await heard).end.reason, "aborted");
    assert.equal(runtime.asked.length, 1);
  });

  const rows: readonly (readonly [
    temperature: number,
    seen: number,
    model: "R1" | "other",
    expected: number,
  ])[] = [
    [0.9, 1, "other", 0.75],
    [0.9, 2, "other", 0.6],
    [0.9, 9, "other", 0.3],
    [0.46, 1, "other", 0.31],
    [0.45, 1, "other", 0.65],
    [0, 1, "other", 0.2],
    [0.6, 1, "R1", 0.7],
    [0.5, 1, "R1", 0.7],
    [0.3, 1, "R1", 0.5],
    [0.9, 1, "R1", 0.9],
  ];
  for (const [temperature, seen, model, expected] of rows) {
    it(`tries ${model} at ${expected} after ${temperature}, loop ${seen}`, () => {
      const other = otherSampling({ temperature, topP: 0.9 }, { seen, reasons: model === "R1" });
      assert.ok(Math.abs(other.temperature - expected) < 1e-9);
      assert.equal(other.topP, 0.9);
    });
  }

  it("never draws the same again", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 2, noNaN: true }),
        fc.boolean(),
        fc.nat(),
        (temperature, reasons, seed) => {
          const other = otherSampling({ temperature, seed }, { seen: 1, reasons });
          assert.notEqual(other.seed, seed);
          if (reasons) assert.ok(other.temperature >= temperature);
          else assert.notEqual(other.temperature, temperature);
        },
      ),
    );
  });
});
