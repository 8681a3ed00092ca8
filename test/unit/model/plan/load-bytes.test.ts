/** What the planner says that a load takes, against what llama.cpp reported of it (`npm run bench -- plan` has more). */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ModelShape } from "../../../../server/model/plan/compute-bytes.ts";
import { reportedBytes } from "../../../../server/model/plan/load-bytes.ts";
import type { LoadWay } from "../../../../server/model/plan/load-way.ts";
import type { LoadSize } from "../../../../server/model/plan/plan.ts";

const mib = 1024 ** 2;
const shape: ModelShape = {
  layers: 7,
  embedding: 768,
  feedForward: 4480,
  heads: 6,
  kvHeads: 2,
  headDimension: 128,
  vocabulary: 38_000,
  gated: true,
};
const load: LoadSize = { shape, weightBytes: 195.78 * mib, contextTokens: 4096, kvType: "f16", slots: 1 };
const server: LoadWay = { runtime: "llama-server", where: "cpu", flash: "off" };

/** `reported`: of weights, keys and values, computing and output, in MiB. */
function check(
  name: string,
  changes: Partial<LoadSize>,
  way: Partial<LoadWay>,
  reported: readonly number[],
): void {
  it(name, () => {
    const expected = reported.reduce((sum, each) => sum + each, 195.78) * mib;
    const error = reportedBytes({ ...load, ...changes }, { ...server, ...way }) / expected - 1;
    assert.ok(Math.abs(error) < 0.01, `${(error * 100).toFixed(2)} %`);
  });
}

const q8 = { kvType: "q8_0" } as const;
const on = { flash: "on" } as const;

describe("the bytes of a load", () => {
  check("without flash attention", {}, {}, [28, 66.01, 0.14]);
  check("with it", {}, on, [28, 37.77, 0.14]);
  check("with a long context", { contextTokens: 16_384 }, {}, [112, 234.01, 0.14]);
  check("with small keys and values", { contextTokens: 16_384, ...q8 }, on, [59.5, 49.85, 0.14]);
  check("of two slots", { slots: 2 }, {}, [56, 66.01, 0.29]);
  check("of a short context", { contextTokens: 1024 }, {}, [7, 36.76, 0.14]);
  check("of a context that is padded", { contextTokens: 1000 }, {}, [7, 36.76, 0.14]);
  check("in the library, which keeps the logits of a batch", {}, { runtime: "embedded" }, [28, 78.72, 0.14]);
});
