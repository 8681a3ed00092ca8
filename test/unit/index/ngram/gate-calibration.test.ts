/** What the gates are calibrated with: the workspace as it will be, not as it is while it is still being chained. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { calibrateGates } from "../../../../server/index/ngram/gate-calibration.ts";
import { Gates } from "../../../../server/index/ngram/gates.ts";
import { type Later, NgramModel } from "../../../../server/index/ngram/ngram-model.ts";

const lines = (file: number) =>
  Array.from(
    { length: 40 },
    (_, line) => `registry.on("event${file}_${line}", (event) => dispatch(event));\n`,
  );

describe("the calibration of the gates", () => {
  const folder = mkdtempSync(join(tmpdir(), "hearth-gates-"));
  after(() => rmSync(folder, { recursive: true }));

  /** The gate of TypeScript when the index is chained by `later`. */
  async function gate(later?: Later): Promise<number> {
    const model = new NgramModel({}, later);
    for (let file = 0; file < 8; file++) {
      const path = join(folder, `${file}.ts`);
      writeFileSync(path, lines(file).join(""));
      model.add(path, lines(file).join(""));
    }
    const gates = new Gates();
    await calibrateGates(gates, model, new AbortController().signal);
    return gates.of("typescript");
  }

  it("waits for an index that is behind", async () => {
    const late: Later = (step) => {
      const turn = async () => {
        for (let wait = 0; wait < 1000; wait++) await nextTurn();
        if (step() === "more") late(step);
      };
      void turn();
    };
    assert.equal(await gate(late), await gate());
  });
});
