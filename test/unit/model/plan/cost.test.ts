/** The cost of tokens, by hand and by its laws. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { assumedPrices, costOf } from "../../../../server/model/plan/cost.ts";

const prices = { electricity: 0.3, watts: 360, hardware: 2920, years: 4, hoursADay: 2, api: 2 };

describe("the cost of a million tokens", () => {
  it("is that of the hours that it takes", () => {
    // 27.8 tokens a second: ten hours; 3.6 kWh, and ten of 2,920 hours.
    const { perMillion } = costOf(1e6 / 36_000, prices);
    assert.ok(Math.abs(perMillion.electricity - 1.08) < 1e-9);
    assert.ok(Math.abs(perMillion.hardware - 10) < 1e-9);
    assert.ok(Math.abs(perMillion.total - 11.08) < 1e-9);
    assert.equal(perMillion.api, 2);
  });

  it("halves when it writes twice as fast", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1000, noNaN: true }), (speed) => {
        const [once, twice] = [costOf(speed, prices), costOf(2 * speed, prices)];
        assert.ok(Math.abs(once.perMillion.total / twice.perMillion.total - 2) < 1e-9);
      }),
    );
  });

  it("counts every GPU", () => {
    const [one, eight] = [assumedPrices("computer", 1), assumedPrices("computer", 8)];
    assert.deepEqual([eight.watts, eight.hardware], [8 * one.watts, 8 * one.hardware]);
    assert.equal(assumedPrices("computer", 0).watts, 100);
    assert.equal(assumedPrices("apple", 1).watts, 60);
  });
});
