/** How large steps are, how many threads compute them, and how long to wait for what keeps dying. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { RuntimeError } from "../../../server/model/runtime-error.ts";
import { batchTokens, planContext } from "../../../server/runtime/embedded/memory-plan.ts";
import { StepPace } from "../../../server/runtime/embedded/step-pace.ts";
import { ThinkingMeter } from "../../../server/runtime/embedded/thinking-meter.ts";
import { ThreadLadder } from "../../../server/runtime/embedded/thread-ladder.ts";
import { Backoff } from "../../../server/runtime/host/backoff.ts";

describe("the size of a step", () => {
  it("begins small, grows with the measured speed, and stays within a batch", () => {
    const pace = new StepPace(512, 40);
    assert.equal(pace.next(), 32);
    pace.record(32, 8);
    assert.equal(pace.next(), 160);
    for (let step = 0; step < 20; step++) pace.record(128, 1);
    assert.equal(pace.next(), 512);
  });

  it("is never below 32 tokens, however slow they are, and a multiple of it", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.integer({ min: 32, max: 512 }), fc.double({ min: 0.01, max: 5000, noNaN: true })),
        ),
        (steps) => {
          const pace = new StepPace(512, 40);
          for (const [tokens, ms] of steps) pace.record(tokens, ms);
          assert.ok(pace.next() >= 32 && pace.next() <= 512 && pace.next() % 32 === 0);
        },
      ),
    );
  });

  it("learns nothing from a few tokens", () => {
    const pace = new StepPace(512, 40);
    pace.record(1, 1000);
    assert.equal(pace.next(), 32);
  });
});

describe("the number of threads", () => {
  /** Steps that take as long as `cost` says of the threads; returns how often each number was used at the end. */
  function settle(most: number, cost: (threads: number) => number, steps = 2000): Map<number, number> {
    const ladder = new ThreadLadder(most);
    const used = new Map<number, number>();
    for (let step = 0; step < steps; step++) {
      if (step >= steps / 2) used.set(ladder.threads, (used.get(ladder.threads) ?? 0) + 1);
      ladder.record(cost(ladder.threads));
    }
    return used;
  }
  const favourite = (used: Map<number, number>) => [...used].toSorted((a, b) => b[1] - a[1])[0]?.[0];

  it("stays with all cores where they help", () => {
    const used = settle(16, (threads) => 100 / threads);
    assert.equal(favourite(used), 16);
    assert.ok((used.get(16) ?? 0) > 990, "and tries others rarely");
  });
  it("goes down to one where threads wait for each other", () => {
    assert.equal(favourite(settle(8, (threads) => threads * threads)), 1);
  });
  it("finds the best in between", () => {
    assert.equal(favourite(settle(8, (threads) => Math.abs(threads - 4) + 1)), 4);
  });
  it("comes back when the machine is free again", () => {
    let calls = 0;
    assert.equal(favourite(settle(2, (threads) => (calls++ < 100 ? threads * 10 : 10 / threads))), 2);
  });
  it("goes down within a few steps when other programs come, however long it was quiet", () => {
    const ladder = new ThreadLadder(2);
    let busy = false;
    const step = () => ladder.record(busy ? ladder.threads ** 3 : 1 / ladder.threads);
    for (let quiet = 0; quiet < 1100; quiet++) step();
    assert.equal(ladder.threads, 2);
    busy = true;
    for (let slow = 0; slow < 4; slow++) step();
    assert.equal(ladder.threads, 1);
    busy = false;
    for (let fast = 0; fast < 40; fast++) step();
    assert.equal(ladder.threads, 2);
  });
  it("seldom tries more threads on a machine that is never the same", () => {
    const noise = [1, 5, 1, 1, 6, 7, 6, 0.5, 0.4, 0.5, 3, 1];
    let step = 0;
    const used = settle(2, (threads) => threads ** 3 * (noise[step++ % noise.length] ?? 1));
    assert.ok((used.get(2) ?? 0) < 70, `${used.get(2)} of 1000`);
  });
  it("begins with what was best before, where the machine has so many", () => {
    const begun = [4, 3, 1, 99].map((best) => new ThreadLadder(8, best).threads);
    assert.deepEqual(begun, [4, 2, 1, 8]);
  });

  it("has nothing to choose on one core", () => {
    assert.deepEqual([...settle(1, () => 1).keys()], [1]);
  });
});

describe("the wait before a restart", () => {
  it("is none at first, doubles while it keeps dying, and is forgotten by a long life", () => {
    let now = 0;
    const backoff = new Backoff({ now: () => now, after: () => ({ dispose: () => {} }) });
    const lives = [1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 70_000, 0];
    const waits = lives.map((life) => {
      backoff.born();
      now += life;
      return backoff.died();
    });
    assert.deepEqual(waits, [0, 250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 0, 250]);
  });
});

describe("the length of a context", () => {
  const graph = 32 * 1024 * 1024;
  const needs = {
    weightBytes: 1e9,
    kvBytesPerToken: 1e5,
    batchTokenBytes: (1e8 - graph) / 512,
    scoreBytes: 40,
  };
  const reserve = 256 * 1024 * 1024;
  const room = (tokens: number) => 1.1e9 + 1e5 * tokens + reserve;
  const cases: readonly (readonly [trained: number, free: number, tokens: number | "refused"])[] = [
    [32_768, 1e12, 8192],
    [32_768, room(8192), 8192],
    [32_768, room(8191), 4096],
    [32_768, room(600), 512],
    [32_768, room(511), "refused"],
    [2_000_000_000, 1e12, 8192],
    [4096, 1e12, 4096],
    [64, room(64), 64],
    [64, room(63), "refused"],
  ];
  for (const [trainedContextTokens, free, tokens] of cases) {
    it(`trained for ${trainedContextTokens}, in ${(free / 1e9).toFixed(2)} GB: ${tokens}`, () => {
      const plan = () => planContext({ ...needs, trainedContextTokens }, { flash: "auto", freeBytes: free });
      if (tokens === "refused")
        assert.throws(plan, (error) => error instanceof RuntimeError && error.code === "out-of-memory");
      else assert.equal(plan(), tokens);
    });
  }
  it("leaves room for the attention scores of a batch where flash attention does not save them", () => {
    const trained = { ...needs, trainedContextTokens: 8192 };
    const plan = (free: number) => planContext(trained, { flash: false, freeBytes: free });
    const batch = batchTokens(trained, false, 8192);
    assert.equal(batch, 204, "64 MiB of scores");
    const all =
      needs.weightBytes + 1e5 * 8192 + reserve + graph + batch * (needs.batchTokenBytes + 40 * 8192);
    assert.equal(plan(all), 8192);
    assert.equal(plan(all - 1), 4096);
  });
  it("is no longer than it may be", () => {
    const limits = { flash: "auto", freeBytes: 1e12, mostTokens: 2048 } as const;
    assert.equal(planContext({ ...needs, trainedContextTokens: 8192 }, limits), 2048);
    assert.equal(planContext({ ...needs, trainedContextTokens: 1024 }, limits), 1024);
  });
  it("says both numbers when none fits", () => {
    assert.throws(
      () => planContext({ ...needs, trainedContextTokens: 8192 }, { flash: "auto", freeBytes: 1e9 }),
      {
        message: "The model with a context of 512 tokens needs 1.3 GiB of memory, and 0.9 GiB are free.",
      },
    );
  });
});

describe("the tokens of a thought", () => {
  const cases: readonly (readonly [opening: string, texts: string[], tokens: number])[] = [
    ["", ["a", "b"], 0],
    ["<think>\n", ["a", "b", "</think>", "c"], 3],
    ["", ["<think>", "a", "</think>", "b"], 2],
    ["<think>\n", ["a", "</thi", "nk>", "b"], 3],
    ["<think>\n", ["a"], 1],
  ];
  for (const [opening, texts, tokens] of cases) {
    it(`${JSON.stringify(opening)} ${JSON.stringify(texts)}`, () => {
      const meter = new ThinkingMeter(opening);
      for (const text of texts) meter.count(text);
      assert.equal(meter.tokens, tokens);
    });
  }
});
