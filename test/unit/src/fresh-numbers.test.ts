/** The numbers in the hover: asked for once a second at most, and never in the way when the server is gone. */

import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import type { MetricsResult } from "../../../server/protocol/metrics.ts";
import { FreshNumbers } from "../../../src/editor/fresh-numbers.ts";

const counted: MetricsResult = {
  uptimeMs: 1,
  memory: { rss: 1, heapUsed: 1, external: 0 },
  documents: 1,
  builtin: { files: 0, tokens: 0, bytes: 0 },
  counters: {},
  latencies: {},
};

describe("the fresh numbers", () => {
  let timers: (() => void)[];
  let answer: () => Promise<MetricsResult | undefined>;
  let told: string[];
  let numbers: FreshNumbers;

  beforeEach(() => {
    timers = [];
    told = [];
    answer = () => Promise.resolve(counted);
    numbers = new FreshNumbers({
      after: (_ms, callback) => {
        timers.push(callback);
        return () => timers.splice(timers.indexOf(callback), 1);
      },
      metrics: () => answer(),
      onChange: () => told.push("changed"),
      log: (message) => told.push(message),
    });
  });

  async function elapse(): Promise<void> {
    for (const timer of timers.splice(0)) timer();
    await new Promise(setImmediate);
  }

  it("are asked for once, however much is counted meanwhile", async () => {
    numbers.countSoon();
    numbers.countSoon();
    assert.equal(timers.length, 1);
    await elapse();
    assert.deepEqual([numbers.metrics, told], [counted, ["changed"]]);
  });

  it("stay as they are when the server ends meanwhile, and are asked for again", async () => {
    numbers.countSoon();
    await elapse();
    answer = () => Promise.reject(new Error("the connection got disposed"));
    numbers.countSoon();
    await elapse();
    assert.equal(numbers.metrics, counted);
    assert.match(told[1] ?? "", /got disposed/);
    numbers.countSoon();
    assert.equal(timers.length, 1);
  });
});
