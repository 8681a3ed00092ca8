/** The way down where memory runs out: the order of its steps, and what holds of every way. */

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Bounds,
  type Failure,
  type Position,
  shortestContext,
  stepDown,
  top,
} from "../../../../server/runtime/ladder/ladder.ts";

const gib = 1024 ** 3;
const large = { name: "large", weightBytes: 9 * gib, layers: 49 };
const small = { name: "small", weightBytes: 2 * gib, layers: 29 };

/** The usual context, and as many layers as are allowed. */
function tried({ rung }: Position, bounds: Bounds, memory: Failure["memory"], usual = 8192): Failure {
  const layers = bounds.models[rung.model]?.layers ?? 0;
  return {
    memory,
    contextTokens: Math.min(usual, rung.contextTokens ?? Infinity),
    gpuLayers: Math.min(layers, rung.gpuLayers ?? Infinity),
  };
}

function wayDown(bounds: Bounds, memory: Failure["memory"]): readonly string[] {
  const said: string[] = [];
  let at: Position | undefined = top;
  while (at) {
    at = stepDown(at, tried(at, bounds, memory), bounds);
    said.push(at ? `${at.step} ${JSON.stringify(at.rung)}` : "paused");
  }
  return said;
}

describe("the way down where memory runs out", () => {
  it("goes from the same once more to the CPU where the GPU's memory ran out", () =>
    assert.deepEqual(wayDown({ models: [large, small] }, "gpu"), [
      'again {"model":0}',
      'half-context {"model":0,"contextTokens":4096}',
      'half-context {"model":0,"contextTokens":2048}',
      'fewer-layers {"model":0,"contextTokens":2048,"gpuLayers":24}',
      // Half of the large one is 4.4 GiB on the GPU: room for all of the small one.
      'smaller-model {"model":1,"contextTokens":2048}',
      'cpu {"model":1,"contextTokens":2048,"gpuLayers":0}',
      "paused",
    ]));

  it("moves nothing from the GPU where it is the main memory that ran out", () =>
    assert.deepEqual(wayDown({ models: [large, small] }, "main"), [
      'again {"model":0}',
      'half-context {"model":0,"contextTokens":4096}',
      'half-context {"model":0,"contextTokens":2048}',
      'smaller-model {"model":1,"contextTokens":2048}',
      "paused",
    ]));

  it("halves what was tried, which may be less than is usual", () =>
    assert.deepEqual(
      stepDown({ ...top, step: "again" }, { memory: "main", contextTokens: 5000 }, { models: [large] })?.rung,
      { model: 0, contextTokens: 2500 },
    ));

  const models = fc
    .array(
      fc.record({
        name: fc.constant("one"),
        weightBytes: fc.integer({ min: 1, max: 1e12 }),
        layers: fc.nat(130),
      }),
      {
        minLength: 1,
        maxLength: 5,
      },
    )
    .map((list) => list.toSorted((a, b) => b.weightBytes - a.weightBytes));
  const memories = fc.array(fc.constantFrom("gpu", "main", undefined), { minLength: 60, maxLength: 60 });
  const usual = fc.integer({ min: 1, max: 1 << 18 });

  function gpuBytes({ gpuLayers = 0 }: Failure, model: typeof large | undefined): number {
    return model && model.layers > 0 ? (model.weightBytes * gpuLayers) / model.layers : 0;
  }

  it("ends, asks for no more than what failed, and tries nothing twice but the first", () =>
    fc.assert(
      fc.property(models, memories, usual, (list, kinds, context) => {
        const bounds = { models: list };
        const seen = new Set<string>();
        let at: Position = top;
        let taken = 0;
        for (const memory of kinds) {
          const failure = tried(at, bounds, memory, context);
          const next = stepDown(at, failure, bounds);
          if (!next) return;
          taken++;
          const then = tried(next, bounds, memory, context);
          assert.ok(next.rung.model >= at.rung.model, "a larger model");
          assert.ok((then.contextTokens ?? 0) <= (failure.contextTokens ?? 0), "a longer context");
          assert.ok(
            gpuBytes(then, list[next.rung.model]) <= gpuBytes(failure, list[at.rung.model]) + 1,
            "more of the GPU's memory",
          );
          if (next.step === "half-context") assert.ok((then.contextTokens ?? 0) >= shortestContext);
          if (memory === "main") assert.ok(next.step !== "cpu" && next.step !== "fewer-layers");
          const key = JSON.stringify(then) + JSON.stringify(next.rung.model);
          assert.equal(next.step === "again", taken === 1, "once more, and at first");
          assert.ok(taken === 1 || !seen.has(key), `twice: ${key}`);
          seen.add(key);
          at = next;
        }
        assert.fail("it does not end");
      }),
      { numRuns: 500 },
    ));
});
