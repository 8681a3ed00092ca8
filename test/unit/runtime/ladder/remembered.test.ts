/** Where a start begins after memory ran out before: at what worked, unless there is a reason to hope for more. */

import assert from "node:assert/strict";
import { top } from "../../../../server/runtime/ladder/ladder.ts";
import {
  type Circumstances,
  isPaused,
  type Remembered,
  startAt,
} from "../../../../server/runtime/ladder/remembered.ts";

const gib = 1024 ** 3;
const then: Circumstances = { setting: "a 3060", freeMainBytes: 8 * gib, freeGpuBytes: 4 * gib };
const remembered: Remembered = {
  model: "small",
  step: "smaller-model",
  contextTokens: 2048,
  memory: "gpu",
  circumstances: then,
  at: 1_000_000,
};
const names = ["large", "small"];
const low = { step: "smaller-model", rung: { model: 1, contextTokens: 2048 } };

describe("what is remembered of a way down", () => {
  const rows: readonly [
    title: string,
    now: Partial<Circumstances>,
    begins: unknown,
    keeps?: Partial<Remembered>,
  ][] = [
    ["begins at what worked", {}, low],
    ["begins there with a little more free memory", { freeGpuBytes: 4.2 * gib }, low],
    ["tries higher with much more of it free", { freeGpuBytes: 4.5 * gib }, top],
    ["is not moved by main memory where the GPU's was short", { freeMainBytes: 64 * gib }, low],
    ["is moved by it where it was short itself", { freeMainBytes: 64 * gib }, top, { memory: "main" }],
    ["tries higher with another GPU, driver, program or file", { setting: "a 4090" }, top],
    ["tries higher where the model that worked is gone", {}, top, { model: "gone" }],
  ];
  for (const [title, now, begins, keeps] of rows) {
    it(title, () =>
      assert.deepEqual(startAt({ ...remembered, ...keeps }, { ...then, ...now }, names), begins),
    );
  }

  it("begins at the top where nothing is remembered", () =>
    assert.deepEqual(startAt(undefined, then, names), top));

  it("stays paused for ten minutes, unless something has changed or the clock was set back", () => {
    const paused: Remembered = { ...remembered, paused: true };
    assert.equal(isPaused(paused, then, paused.at + 599_000), true);
    assert.equal(isPaused(paused, then, paused.at + 600_000), false);
    assert.equal(isPaused(paused, then, paused.at - 1), false);
    assert.equal(isPaused(paused, { ...then, freeGpuBytes: 12 * gib }, paused.at), false);
    assert.equal(isPaused(remembered, then, remembered.at), false);
  });
});
