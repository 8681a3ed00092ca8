/** The queue before a runtime of a few slots, on a virtual clock: who goes first, who yields, and that all arrive. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { delay } from "../../../server/base/clock.ts";
import {
  type ChatRequest,
  type ModelRuntime,
  type Priority,
  priorities,
  type StreamPart,
} from "../../../server/model/model-runtime.ts";
import { SlotQueue } from "../../../server/runtime/scheduler/slot-queue.ts";
import { withScheduling } from "../../../server/runtime/scheduler/with-scheduling.ts";
import { FakeRuntime } from "../../support/fake-runtime.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const never = new AbortController().signal;

interface Work {
  readonly name: string;
  readonly priority: Priority;
  /** Milliseconds from the sending to the first token, and from there to the end. */
  readonly prefill: number;
  readonly stream: number;
  /** Of the prompt; a character is a token. */
  readonly tokens: number;
}

/** A runtime that takes its time, and says when it was asked for more than it has. */
class SlowRuntime extends FakeRuntime {
  readonly log: string[] = [];
  readonly #clock: ManualClock;
  readonly #limits: { readonly slots: number; readonly budgetTokens: number };
  readonly #running = new Map<symbol, number>();

  constructor(clock: ManualClock, limits: { readonly slots: number; readonly budgetTokens: number }) {
    super();
    this.#clock = clock;
    this.#limits = limits;
  }

  override async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<StreamPart> {
    const work = JSON.parse(request.messages[0]?.text.trim() ?? "") as Work;
    const key = Symbol(work.name);
    this.#running.set(key, work.tokens + request.maxTokens);
    this.#check();
    this.log.push(`+${work.name}`);
    const usage = { prompt: work.tokens, cached: 0, reasoning: 0, generated: 0 };
    try {
      await delay(this.#clock, work.prefill, signal);
      if (!signal.aborted) yield { kind: "text-delta", text: work.name };
      await delay(this.#clock, work.stream, signal);
      this.log.push(`${signal.aborted ? "-" : "="}${work.name}`);
      yield { kind: "stream-end", reason: signal.aborted ? "aborted" : "stop", usage };
    } finally {
      this.#running.delete(key);
    }
  }

  #check(): void {
    const { slots, budgetTokens } = this.#limits;
    const tokens = [...this.#running.values()].reduce((sum, count) => sum + count, 0);
    assert.ok(this.#running.size <= slots, `${this.#running.size} in ${slots} slots`);
    assert.ok(slots === 1 || this.#running.size === 1 || tokens <= budgetTokens, `${tokens} tokens`);
  }
}

function setUp(limits: { readonly slots: number; readonly budgetTokens: number }) {
  const clock = new ManualClock();
  const runtime = new SlowRuntime(clock, limits);
  const queue = new SlotQueue({ ...limits, clock, computes: "together" });
  return { clock, runtime, queue, scheduled: withScheduling(runtime, queue) };
}

interface Outcome {
  readonly text: string;
  readonly reason: string;
  readonly at: number;
}

async function ask(
  scheduled: ModelRuntime,
  work: Work,
  clock: ManualClock,
  signal = never,
): Promise<Outcome> {
  const text = JSON.stringify(work).padEnd(work.tokens);
  const messages = [{ role: "user", text }] as const;
  const request = {
    messages,
    maxTokens: 10,
    stop: [],
    sampling: { temperature: 0 },
    priority: work.priority,
  };
  let said = "";
  for await (const part of scheduled.chat(request, signal)) {
    if (part.kind === "stream-end") return { text: said, reason: part.reason, at: clock.now() };
    if (part.kind === "text-delta") said += part.text;
  }
  throw new Error("The stream did not end");
}

const work = (name: string, priority: Priority, more: Partial<Work> = {}): Work => ({
  name,
  priority,
  prefill: 100,
  stream: 100,
  tokens: 200,
  ...more,
});

describe("the slot queue", () => {
  it("sends by priority and age, one after the other where there is one slot", async () => {
    const { clock, runtime, scheduled, queue } = setUp({ slots: 1, budgetTokens: 1000 });
    const first = ask(scheduled, work("a", "chat", { prefill: 0 }), clock);
    await clock.advance(1);
    const others = [work("b", "background"), work("c", "chat"), work("d", "repair"), work("e", "completion")];
    const asked = [first, ...others.map((one) => ask(scheduled, one, clock))];
    await clock.advance(5000);
    await Promise.all(asked);
    assert.equal(runtime.log.filter((line) => line.startsWith("=")).join(""), "=a=e=d=c=b");
    assert.equal(queue.reading().preempted, 0);
    assert.deepEqual(
      [queue.reading().waiting, queue.reading().running, queue.reading().waits.count],
      [0, 0, 5],
    );
  });

  it("takes the place of one that has said nothing yet, and sends that one again", async () => {
    const { clock, runtime, scheduled, queue } = setUp({ slots: 1, budgetTokens: 1000 });
    const chat = ask(scheduled, work("chat", "chat"), clock);
    await clock.advance(50);
    const completion = ask(scheduled, work("completion", "completion"), clock);
    await clock.advance(1000);
    assert.equal((await completion).at, 250);
    assert.deepEqual(await chat, { text: "chat", reason: "stop", at: 950 }, "after half a second of quiet");
    assert.deepEqual(runtime.log, ["+chat", "-chat", "+completion", "=completion", "+chat", "=chat"]);
    assert.equal(queue.reading().preempted, 1);
  });

  it("never takes the place of one that has begun to answer and cannot go on from there", async () => {
    const { clock, runtime, scheduled } = setUp({ slots: 1, budgetTokens: 1000 });
    const chat = ask(scheduled, work("chat", "chat"), clock);
    await clock.advance(150);
    const completion = ask(scheduled, work("completion", "completion"), clock);
    await clock.advance(1000);
    assert.equal((await completion).at, 400);
    assert.equal((await chat).at, 200);
    assert.deepEqual(runtime.log, ["+chat", "=chat", "+completion", "=completion"]);
  });

  it("keeps one slot of several for completions", async () => {
    const { clock, scheduled } = setUp({ slots: 2, budgetTokens: 10_000 });
    const chats = ["x", "y"].map((name) => ask(scheduled, work(name, "chat"), clock));
    await clock.advance(150);
    const completion = ask(scheduled, work("completion", "completion"), clock);
    await clock.advance(1000);
    assert.equal((await completion).at, 350);
    assert.deepEqual(
      (await Promise.all(chats)).map(({ at }) => at),
      [200, 400],
    );
  });

  it("sends no more tokens than the context holds, and keeps some for completions", async () => {
    const { clock, scheduled } = setUp({ slots: 4, budgetTokens: 1000 });
    const chats = ["x", "y"].map((name) => ask(scheduled, work(name, "chat", { tokens: 400 }), clock));
    const completion = ask(scheduled, work("completion", "completion"), clock);
    await clock.advance(2000);
    assert.equal((await completion).at, 200);
    assert.deepEqual(
      (await Promise.all(chats)).map(({ at }) => at),
      [200, 400],
    );
  });

  it("sends what is larger than the budget alone, and leaves to the runtime what becomes of it", async () => {
    const { clock, scheduled } = setUp({ slots: 2, budgetTokens: 300 });
    const large = ask(scheduled, work("large", "chat", { tokens: 5000 }), clock);
    await clock.advance(2000);
    assert.equal((await large).reason, "stop");
  });

  it("counts tokens only where a request could take more than its share", async () => {
    const { clock, runtime, scheduled } = setUp({ slots: 2, budgetTokens: 1000 });
    const asked = [499, 501].map((tokens) => ask(scheduled, work(`${tokens}`, "chat", { tokens }), clock));
    await clock.advance(2000);
    await Promise.all(asked);
    assert.deepEqual(
      runtime.counted.map(({ length }) => length),
      [501],
    );
  });

  it("lets a chat through although completions never end", async () => {
    for (const slots of [1, 2]) {
      const { clock, scheduled } = setUp({ slots, budgetTokens: 420 });
      const gone = new AbortController();
      const typing = [0, 1].map(async (hand) => {
        while (!gone.signal.aborted) await ask(scheduled, work(`c${hand}`, "completion"), clock, gone.signal);
      });
      const chat = ask(scheduled, work("chat", "chat", { tokens: 400 }), clock);
      const background = ask(scheduled, work("background", "background"), clock);
      await clock.advance(45_000);
      assert.ok((await chat).at < 11_000, `${slots}: ${(await chat).at}`);
      assert.ok((await background).at < 31_000);
      gone.abort();
      await clock.advance(1000);
      await Promise.all(typing);
    }
  });

  it("forgets one that goes while it waits", async () => {
    const { clock, runtime, scheduled, queue } = setUp({ slots: 1, budgetTokens: 1000 });
    const first = ask(scheduled, work("first", "chat"), clock);
    const gone = new AbortController();
    const second = ask(scheduled, work("second", "chat"), clock, gone.signal);
    await clock.advance(10);
    gone.abort();
    assert.equal((await second).reason, "aborted");
    await clock.advance(1000);
    await first;
    assert.deepEqual(runtime.log, ["+first", "=first"]);
    assert.equal(queue.reading().waiting, 0);
  });

  it("sends an embedding again that gave its place away, and hands on a failure", async () => {
    const { clock, scheduled, queue } = setUp({ slots: 1, budgetTokens: 1000 });
    await assert.rejects(scheduled.embed({ texts: ["x"], priority: "background" }, never), {
      code: "capability-missing",
    });
    assert.equal(queue.reading().running, 0);
    let calls = 0;
    const slow = new FakeRuntime();
    slow.embed = async (_request, signal) => {
      calls++;
      await delay(clock, 100, signal);
      signal.throwIfAborted();
      return [new Float32Array(1)];
    };
    const embedding = withScheduling(slow, queue).embed({ texts: ["x"], priority: "background" }, never);
    await clock.advance(10);
    const chat = ask(scheduled, work("chat", "chat"), clock);
    await clock.advance(1000);
    assert.equal((await chat).at, 210);
    assert.equal((await embedding).length, 1);
    assert.equal(calls, 2);
  });

  it("brings every request to its one end, whatever comes and goes", async () => {
    const one = fc.record({
      priority: fc.constantFrom(...priorities),
      prefill: fc.integer({ min: 0, max: 400 }),
      stream: fc.integer({ min: 0, max: 400 }),
      tokens: fc.integer({ min: 150, max: 900 }),
      comes: fc.integer({ min: 0, max: 2000 }),
      stays: fc.option(fc.integer({ min: 0, max: 1500 }), { nil: undefined, freq: 3 }),
    });
    const all = fc.array(one, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(all, fc.integer({ min: 1, max: 4 }), async (requests, slots) => {
        const { clock, runtime, scheduled, queue } = setUp({ slots, budgetTokens: 1000 });
        const asked = requests.map(async ({ comes, stays, ...rest }, index) => {
          await delay(clock, comes, never);
          const gone = new AbortController();
          if (stays !== undefined) clock.after(stays, () => gone.abort());
          const outcome = await ask(scheduled, { ...rest, name: `<${index}>` }, clock, gone.signal);
          return { ...outcome, index, stays };
        });
        await clock.advance(60_000);
        for (const { text, reason, index, stays } of await Promise.all(asked)) {
          assert.ok(text === "" || text === `<${index}>`, "nothing is said twice");
          if (stays === undefined) assert.deepEqual([text, reason], [`<${index}>`, "stop"]);
          assert.ok(runtime.log.filter((line) => line === `=<${index}>`).length <= 1);
        }
        const { waiting, running, preempted } = queue.reading();
        assert.deepEqual([waiting, running], [0, 0]);
        const sent = runtime.log.filter((line) => line.startsWith("+")).length;
        assert.ok(sent <= requests.length + preempted, "sent again only when a place was given away");
      }),
      { numRuns: 150 },
    );
  });
});
