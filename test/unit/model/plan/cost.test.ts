/** The cost of tokens, by hand and by its laws. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { costOf, type Prices, pricesOf } from "../../../../server/model/plan/cost.ts";
import { gib } from "../../../../server/model/plan/hardware.ts";
import type { HardwareWish } from "../../../../server/model/plan/imagined-hardware.ts";
import { machine } from "../../../support/machines.ts";

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
});

describe("what hardware costs", () => {
  const on = (wish: HardwareWish, gpus: readonly number[], set: Partial<Prices> = {}) => {
    const known = pricesOf(machine(64, wish), { gpus }, set);
    return known && [known.watts, known.hardware];
  };

  it("is that of the GPUs on which the model lies, by the table", () => {
    assert.deepEqual(on({ gpu: "RTX 4090" }, [0]), [450, 1599]);
    assert.deepEqual(on({ gpu: "RTX 4090", gpus: 2 }, [1]), [450, 1599]);
    assert.deepEqual(on({ gpu: "H100", gpus: 8 }, [0, 1, 2, 3, 4, 5, 6, 7]), [5600, 240_000]);
  });

  it("is that of a computer where no GPU computes", () => {
    assert.deepEqual(on({}, []), [100, 800]);
    assert.deepEqual(on({ gpu: "RTX 4090" }, []), [100, 800]);
  });

  it("is not guessed where no source says it", () => {
    assert.equal(on({ gpu: "Voodoo 9", vramBytes: 24 * gib }, [0]), undefined);
    assert.equal(on({ gpu: "M4 Max" }, [0]), undefined);
    const laptop = { name: "NVIDIA GeForce RTX 4090 Laptop GPU", memoryBytes: 16 * gib, bandwidth: 576e9 };
    assert.equal(pricesOf({ ...machine(64), gpus: [laptop] }, { gpus: [0] }, {}), undefined);
  });

  it("is what the person says, when it says all that is not known", () => {
    const unknown = { gpu: "Voodoo 9", vramBytes: 24 * gib };
    assert.equal(on(unknown, [0], { watts: 300 }), undefined);
    assert.deepEqual(on(unknown, [0], { watts: 300, hardware: 900 }), [300, 900]);
    assert.deepEqual(on({ gpu: "RTX 4090" }, [0], { watts: 300 }), [300, 1599]);
  });
});
