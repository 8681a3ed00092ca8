/** What was learnt from loads stays small, and no odd report moves a plan far. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { correctionOf, type Measurements, withMeasured } from "../../../../server/model/plan/corrections.ts";

const ratio = fc.oneof(
  fc.double({ min: 0.5, max: 2, noNaN: true }),
  fc.double({ min: 0, max: 1e6, noNaN: true }),
);
const ratios = fc.array(ratio, { maxLength: 12 });

describe("a correction", () => {
  it("is none where nothing was measured", () => assert.equal(correctionOf([]), 1));
  it("believes one report a little", () => assert.equal(correctionOf([2]), 1.2));
  it("is the middle of several", () => assert.equal(correctionOf([1.04, 9, 1.05]), 1.05));

  it("is bounded, whatever was reported", () => {
    fc.assert(
      fc.property(ratios, (seen) => {
        const correction = correctionOf(seen);
        assert.ok(correction >= 0.8 && correction <= 1.5, String(correction));
      }),
    );
  });

  it("does not ask in which order", () => {
    fc.assert(
      fc.property(ratios, (seen) => assert.equal(correctionOf(seen), correctionOf(seen.toReversed()))),
    );
  });

  it("stays among the others when one of three or more is odd", () => {
    const near = fc.double({ min: 0.95, max: 1.1, noNaN: true });
    fc.assert(
      fc.property(fc.array(near, { minLength: 2, maxLength: 7 }), ratio, (usual, odd) => {
        const correction = correctionOf([...usual, odd]);
        assert.ok(correction >= Math.min(...usual) && correction <= Math.max(...usual), String(correction));
      }),
    );
  });
});

describe("what is kept of loads", () => {
  it("is the last eight of the last 64 shapes", () => {
    const load = fc.record({
      key: fc.integer({ min: 0, max: 90 }).map(String),
      measuredBytes: fc.integer({ min: 1, max: 1e9 }),
    });
    fc.assert(
      fc.property(fc.array(load, { maxLength: 300 }), (loads) => {
        let kept: Measurements = {};
        for (const [at, { key, measuredBytes }] of loads.entries()) {
          kept = withMeasured(kept, key, { predictedBytes: 1000, measuredBytes, at });
          assert.equal(kept[key]?.measuredBytes, measuredBytes);
        }
        assert.ok(Object.keys(kept).length <= 64);
        for (const { ratios: each } of Object.values(kept)) assert.ok(each.length <= 8);
      }),
      { numRuns: 30 },
    );
  });
});
