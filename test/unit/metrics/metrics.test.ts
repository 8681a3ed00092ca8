import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { Histogram } from "../../../server/metrics/histogram.ts";
import { Metrics } from "../../../server/metrics/metrics.ts";

describe("a histogram", () => {
  it("gives percentiles that are never too low and at most 10 % too high", () => {
    const samples = fc.array(fc.double({ min: 0.02, max: 1e6, noNaN: true }), {
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(samples, (values) => {
        const histogram = new Histogram();
        for (const value of values) histogram.record(value);
        const sorted = values.toSorted((a, b) => a - b);
        const { p50, p95, max, count } = histogram.summary();
        for (const [share, given] of [
          [0.5, p50],
          [0.95, p95],
        ] as const) {
          const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
          assert.ok(given >= exact * (1 - 1e-9) && given <= exact * 1.1 + 1e-9, `${given} for ${exact}`);
        }
        assert.equal(count, values.length);
        assert.equal(max, sorted.at(-1));
      }),
    );
  });
  it("is all zero when nothing was recorded", () =>
    assert.deepEqual(new Histogram().summary(), { count: 0, sum: 0, p50: 0, p95: 0, p99: 0, max: 0 }));
});

describe("metrics", () => {
  it("count and time by name", () => {
    const metrics = new Metrics();
    metrics.count("a");
    metrics.count("a", 2);
    metrics.time("b", 5);
    const { counters, latencies } = metrics.snapshot();
    assert.deepEqual(counters, { a: 3 });
    assert.equal(latencies["b"]?.max, 5);
  });
});
