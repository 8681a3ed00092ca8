/** What of the catalogue is offered for a machine. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { catalogue } from "../../../server/model/catalogue.ts";
import { findInCatalogue, pullName } from "../../../server/model/catalogue-name.ts";
import { gib } from "../../../server/model/plan/hardware.ts";
import { makePlan } from "../../../server/model/plan/make-plan.ts";
import { type Offer, offersFor } from "../../../server/model/plan/offers.ts";
import { machine } from "../../support/machines.ts";

describe("what the catalogue offers", () => {
  function offers(gpuBytes: number): readonly Offer[] {
    const gpus = gpuBytes > 0 ? [{ name: "GPU", memoryBytes: gpuBytes, bandwidth: 1e12 }] : [];
    return offersFor(makePlan({ ...machine(32), gpus }));
  }

  for (const [what, bytes] of Object.entries({
    "without a GPU": 0,
    "with 12 GiB": 12 * gib,
    "with 24 GiB": 24 * gib,
  }))
    it(`${what} begins with what the plan chooses, then what fits, the largest first`, () => {
      const [first, second, ...others] = offers(bytes);
      assert.deepEqual([first?.planned, second?.planned], ["complete", "reason"]);
      const order = others.map(({ fits, planned }) => Number(!planned) + Number(!fits));
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
      );
      const sizes = others.filter(({ fits }) => fits).map(({ model }) => model.parameters);
      assert.deepEqual(
        sizes,
        sizes.toSorted((a, b) => b - a),
      );
    });

  it("fits more models on more memory", () => {
    const count = (bytes: number) => offers(bytes).filter(({ fits }) => fits).length;
    const counts = [4, 12, 24, 80].map((size) => count(size * gib));
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
    );
    assert.ok((counts.at(-1) ?? 0) > (counts[0] ?? 0));
  });

  it("names for each exactly the file that would be fetched", () => {
    for (const { model, quant } of offers(12 * gib)) {
      const found = findInCatalogue(pullName(model, quant));
      assert.deepEqual(found, { kind: "found", model, quant, file: quant.file });
    }
    assert.ok(offers(0).length > catalogue.length / 3);
  });
});
