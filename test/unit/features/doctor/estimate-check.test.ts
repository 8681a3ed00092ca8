/** What the doctor says of the planner's own word. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { runDoctor } from "../../../../server/features/doctor/doctor.ts";
import type { Measured } from "../../../../server/model/plan/corrections.ts";
import { check, gib, healthy, never } from "../../../support/doctor-machine.ts";

describe("the doctor on what the plan had said", () => {
  function load(ratios: readonly number[], at: number): Measured {
    return {
      ratios: [...ratios],
      predictedBytes: 2 * gib,
      measuredBytes: 2 * gib * (ratios.at(-1) ?? 1),
      at,
    };
  }

  const cases: readonly (readonly [loads: Readonly<Record<string, Measured>>, found: RegExp])[] = [
    [{ a: load([1.05], 1) }, /^the last model took 2\.1 GiB, 5 % more than the 2\.0 GiB of the plan$/],
    [{ a: load([0.9], 1) }, /^the last model took 1\.8 GiB, 10 % less than the 2\.0 GiB of the plan$/],
    [
      { a: load([1.001], 2), b: load([0.9, 1.02], 1) },
      /^the last model took 2\.0 GiB, as the plan had said; of 3 loads none was further off than 10 %$/,
    ],
  ];
  for (const [loads, found] of cases) {
    it(`says ${found.source.slice(1, 40)}…`, () =>
      check("estimate", { measurements: async () => loads }, { state: "ok", found }));
  }

  it("says nothing where nothing was ever loaded", async () => {
    const { checks } = await runDoctor(healthy, never);
    assert.ok(!checks.some(({ id }) => id === "estimate"));
  });
});
