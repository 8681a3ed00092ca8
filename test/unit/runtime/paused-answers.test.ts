/** Answers that are ended for a completion and gone on with, on a virtual clock: nobody waits long, nothing is lost. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { type Clock, delay } from "../../../server/base/clock.ts";
import {
  type ChatRequest,
  type Priority,
  priorities,
  type StreamPart,
} from "../../../server/model/model-runtime.ts";
import type { ResumableAnswer, ResumingRuntime } from "../../../server/runtime/scheduler/resumable.ts";
import type { SlotLimits } from "../../../server/runtime/scheduler/slot-choice.ts";
import { SlotQueue } from "../../../server/runtime/scheduler/slot-queue.ts";
import { withScheduling } from "../../../server/runtime/scheduler/with-scheduling.ts";
import { FakeRuntime } from "../../support/fake-runtime.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const never = new AbortController().signal;

interface Work {
  readonly priority: Priority;
  readonly promptMs: number;
  readonly tokens: number;
}

const tokenMs = 20;

/** A runtime of slots. It sees an abort at its next token, and says when it was asked for more than it has. */
class TokenRuntime extends FakeRuntime implements ResumingRuntime {
  readonly #clock: Clock;
  readonly #slots: number;
  running = 0;
  /** Milliseconds of prompts that were computed. */
  promptMs = 0;

  constructor(clock: Clock, slots: number) {
    super();
    this.#clock = clock;
    this.#slots = slots;
  }

  answer(request: ChatRequest): ResumableAnswer {
    const work = JSON.parse(request.messages[0]?.text ?? "") as Work;
    const said = { tokens: 0 };
    return { resumes: true, run: (signal) => this.#run(work, said, signal) };
  }

  async *#run(work: Work, said: { tokens: number }, signal: AbortSignal): AsyncGenerator<StreamPart> {
    const { promptMs, tokens } = work;
    assert.ok(++this.running <= this.#slots, `${this.running} in ${this.#slots} slots`);
    const end = (reason: "stop" | "aborted"): StreamPart => {
      const usage = { prompt: 1, cached: 0, reasoning: 0, generated: said.tokens };
      return { kind: "stream-end", reason, usage };
    };
    try {
      const began = this.#clock.now();
      await delay(this.#clock, promptMs, signal);
      this.promptMs += this.#clock.now() - began;
      while (!signal.aborted) {
        if (said.tokens >= tokens) return yield end("stop");
        yield { kind: "text-delta", text: `${said.tokens++} ` };
        await delay(this.#clock, tokenMs, never);
        // One that is drawn already comes all the same.
        if (signal.aborted && said.tokens < tokens) yield { kind: "text-delta", text: `${said.tokens++} ` };
      }
      yield end("aborted");
    } finally {
      this.running--;
    }
  }
}

function setUp(limits: Partial<SlotLimits> = {}) {
  const clock = new ManualClock();
  const whole: SlotLimits = { slots: 1, budgetTokens: Infinity, computes: "together", ...limits };
  const runtime = new TokenRuntime(clock, whole.slots);
  const queue = new SlotQueue({ ...whole, clock });
  const scheduled = withScheduling(runtime, queue);
  /** What it said, when it said each token, and how long it took. */
  const ask = async (work: Partial<Work>, signal = never) => {
    const text = JSON.stringify({ priority: "chat", promptMs: 100, tokens: 10, ...work });
    const priority = work.priority ?? "chat";
    const messages = [{ role: "user", text }] as const;
    const request = { messages, maxTokens: 10, stop: [], sampling: { temperature: 0 }, priority };
    const asked = clock.now();
    const at: number[] = [];
    let said = "";
    for await (const part of scheduled.chat(request, signal)) {
      if (part.kind === "text-delta") {
        said += part.text;
        at.push(clock.now());
      }
      if (part.kind === "stream-end")
        return { said, at, reason: part.reason, usage: part.usage, tookMs: clock.now() - asked };
    }
    throw new Error("The stream did not end");
  };
  /** A person who types: a completion, a pause, the next one. */
  const type = async (pauseMs: number, signal: AbortSignal) => {
    const waits: number[] = [];
    for (; !signal.aborted; await delay(clock, pauseMs, never)) {
      const { reason, tookMs } = await ask({ priority: "completion", promptMs: 40, tokens: 5 }, signal);
      if (reason === "stop") waits.push(tookMs);
    }
    return waits;
  };
  return { clock, runtime, queue, ask, type };
}

const counted = (tokens: number) => Array.from({ length: tokens }, (_, index) => `${index} `).join("");
/** What a completion takes alone. */
const aloneMs = 40 + 5 * tokenMs;

describe("an answer that can be gone on with", () => {
  it("gives its place to a completion at the next token, and goes on where it was when it is quiet", async () => {
    const { clock, ask, queue } = setUp();
    const chat = ask({ tokens: 50 });
    await clock.advance(295);
    const completion = ask({ priority: "completion" });
    await clock.advance(5000);
    assert.equal((await completion).tookMs, 5 + 100 + 10 * tokenMs, "as one that waits for one token");
    const { said, usage, at } = await chat;
    assert.equal(said, counted(50));
    assert.equal(usage.generated, 50);
    // The eleventh token, the completion until 600, half a second of quiet, its prompt again.
    assert.deepEqual(at.slice(10, 12), [300, 600 + 500 + 100]);
    assert.equal(queue.reading().preempted, 1);
  });

  it("gives its place to a repair too, and a review gives its own to a chat", async () => {
    for (const [lower, higher] of [
      ["chat", "repair"],
      ["background", "chat"],
    ] as const) {
      const { clock, ask } = setUp();
      const low = ask({ priority: lower, tokens: 100 });
      await clock.advance(500);
      const high = ask({ priority: higher });
      await clock.advance(20_000);
      assert.ok((await high).tookMs <= tokenMs + 100 + 10 * tokenMs);
      assert.equal((await low).said, counted(100));
    }
  });

  it("does not come back between two keys, and its prompt is not computed for nothing", async () => {
    const { clock, ask, type, runtime } = setUp();
    const chat = ask({ tokens: 100 });
    await clock.advance(300);
    const gone = new AbortController();
    const typing = type(150, gone.signal);
    await clock.advance(8000);
    gone.abort();
    const before = runtime.promptMs;
    await clock.advance(30_000);
    const waits = await typing;
    assert.ok(Math.max(...waits) <= aloneMs + tokenMs, `${Math.max(...waits)} ms`);
    assert.ok(waits.length > 20);
    assert.equal((await chat).said, counted(100));
    assert.equal(runtime.promptMs - before, 100);
  });

  it("moves on though a person types for ever, and few completions wait for that", async () => {
    const { clock, ask, type, runtime } = setUp();
    const chat = ask({ promptMs: 500, tokens: 200 });
    await clock.advance(700);
    const gone = new AbortController();
    const typing = type(150, gone.signal);
    await clock.advance(120_000);
    gone.abort();
    await clock.advance(1000);
    const { said, at } = await chat;
    assert.equal(said, counted(200), "four seconds of tokens within two minutes");
    const waits = await typing;
    const slow = waits.filter((ms) => ms > aloneMs + tokenMs).length;
    assert.ok(slow / waits.length < 0.05, `${slow} of ${waits.length}`);
    const turns = at.filter((time, index) => index > 0 && time - (at[index - 1] ?? 0) > tokenMs).length;
    assert.ok(turns >= 3 && turns <= 5, `${turns} turns, each of a second`);
    const forChat = runtime.promptMs - waits.length * 40;
    assert.ok(forChat <= (1 + turns) * 500 + 40, `no prompt for nothing, but the last key: ${forChat}`);
  });

  it("computes a long prompt again seldom", async () => {
    const { clock, ask, type, runtime } = setUp();
    const chat = ask({ promptMs: 10_000, tokens: 1000 });
    await clock.advance(11_000);
    const gone = new AbortController();
    const typing = type(150, gone.signal);
    await clock.advance(230_000);
    gone.abort();
    await clock.advance(60_000);
    const forChat = runtime.promptMs - (await typing).length * 40;
    assert.ok(forChat <= 4 * 10_000 + 40, `${forChat} ms of prompts in five minutes`);
    assert.equal((await chat).at.length, 1000);
  });

  it("pauses while a completion computes where slots compute in turns, and goes on between two keys", async () => {
    const { clock, ask, type, queue } = setUp({ slots: 2, computes: "in turns" });
    const chat = ask({ promptMs: 20, tokens: 200 });
    await clock.advance(300);
    const gone = new AbortController();
    const typing = type(150, gone.signal);
    await clock.advance(10_000);
    gone.abort();
    await clock.advance(1000);
    const waits = await typing;
    assert.equal(Math.max(...waits), aloneMs, "no completion waits");
    const { said, at } = await chat;
    assert.equal(said, counted(200));
    assert.ok((at.at(-1) ?? Infinity) < 12_000, "it uses the pauses");
    assert.ok(queue.reading().preempted >= waits.length / 2, `${queue.reading().preempted} pauses`);
  });

  it("runs beside a completion where slots compute together", async () => {
    const { clock, ask, queue } = setUp({ slots: 2 });
    const chat = ask({ tokens: 50 });
    await clock.advance(200);
    const completion = ask({ priority: "completion" });
    await clock.advance(2000);
    assert.equal((await completion).tookMs, 300);
    assert.equal((await chat).tookMs, 1100);
    assert.equal(queue.reading().preempted, 0);
  });

  it("that is given up while it is paused says what it has used", async () => {
    const { clock, ask } = setUp();
    const gone = new AbortController();
    const chat = ask({ tokens: 50 }, gone.signal);
    await clock.advance(300);
    const completion = ask({ priority: "completion" });
    await clock.advance(50);
    gone.abort();
    await clock.advance(2000);
    await completion;
    const { reason, usage, at } = await chat;
    assert.deepEqual([reason, usage.generated], ["aborted", at.length]);
  });

  it("is said whole and in order, whatever comes and goes, and all come to their end", async () => {
    const one = fc.record({
      priority: fc.constantFrom(...priorities),
      promptMs: fc.integer({ min: 0, max: 400 }),
      tokens: fc.integer({ min: 1, max: 60 }),
      comes: fc.integer({ min: 0, max: 4000 }),
      stays: fc.option(fc.integer({ min: 0, max: 3000 }), { nil: undefined, freq: 3 }),
    });
    const limits = fc.record({
      slots: fc.integer({ min: 1, max: 4 }),
      computes: fc.constantFrom("in turns" as const, "together" as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 12 }), limits, async (requests, how) => {
        const { clock, ask, queue, runtime } = setUp(how);
        const asked = requests.map(async ({ comes, stays, ...work }) => {
          await delay(clock, comes, never);
          const gone = new AbortController();
          if (stays !== undefined) clock.after(stays, () => gone.abort());
          return { ...(await ask(work, gone.signal)), work, stays };
        });
        await clock.advance(120_000);
        for (const { said, reason, work, stays } of await Promise.all(asked)) {
          assert.equal(said, counted(said.split(" ").length - 1), "nothing twice, nothing left out");
          if (stays === undefined) assert.deepEqual([said, reason], [counted(work.tokens), "stop"]);
        }
        const { waiting, running } = queue.reading();
        assert.deepEqual([waiting, running, runtime.running], [0, 0, 0]);
      }),
      { numRuns: 150 },
    );
  });
});
