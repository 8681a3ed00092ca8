/** A plan of what is on the disk alone, and what such a plan may count. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type CatalogueModel, catalogueModel } from "../../../../server/model/catalogue.ts";
import { readGgufFile } from "../../../../server/model/gguf.ts";
import { measuredKey } from "../../../../server/model/plan/corrections.ts";
import { sumOf } from "../../../../server/model/plan/load-bytes.ts";
import { makePlan } from "../../../../server/model/plan/make-plan.ts";
import { modelOnDisk } from "../../../../server/model/plan/on-disk.ts";
import { machine } from "../../../support/machines.ts";
import { scripted } from "../../../support/scripted-model.ts";

function here(...ids: readonly string[]): readonly CatalogueModel[] {
  return ids.map((id) => {
    const model = catalogueModel(id);
    assert.ok(model, id);
    return { ...model, quants: model.quants.slice(0, 1) };
  });
}

const computer = machine(64, { gpu: "RTX 4090" });

function check(
  name: string,
  models: readonly CatalogueModel[],
  expected: readonly (string | undefined)[],
): void {
  it(name, () => {
    const { complete, reason, because } = makePlan(computer, { models });
    assert.deepEqual([complete?.model.id, reason?.model.id], expected);
    assert.equal(because[0]?.kind === "none-here", expected[0] === undefined);
  });
}

describe("a plan of what is on the disk", () => {
  const coders = ["qwen2.5-coder-0.5b", "starcoder2-3b"];
  const thinkers = ["deepseek-r1-distill-qwen-7b", "deepseek-r1-distill-llama-70b"];
  check(
    "is the largest that reasons, with the largest that completes beside it",
    here(...coders, ...thinkers),
    ["starcoder2-3b", "deepseek-r1-distill-qwen-7b"],
  );
  check("may have nothing that reasons", here("starcoder2-3b"), ["starcoder2-3b", undefined]);
  check("says that nothing completes", here("deepseek-r1-distill-qwen-7b"), [undefined, undefined]);

  it("knows a file by its header", async () => {
    const shape = { layers: 4, width: 1024, vocabulary: 40_000, weights: "Q8_0", feedForward: 4096 } as const;
    const path = await scripted({ infill: "x" }, { ...shape, name: "coder" });
    const model = modelOnDisk({ name: "coder-q8_0", path, licence: "mit" }, await readGgufFile(path));
    assert.equal(model?.role, "complete");
    assert.deepEqual(
      [model.id, model.quants[0]?.quant, model.licence],
      ["embedded/coder-q8_0", "Q8_0", "mit"],
    );
    assert.deepEqual([model.shape.feedForward, model.shape.embedding], [4096, 1024]);
  });

  it("leaves out what is too small to be of use", async () => {
    const path = await scripted({ infill: "x" });
    assert.equal(modelOnDisk({ name: "x", path, licence: undefined }, await readGgufFile(path)), undefined);
  });
});

describe("a plan on a machine that has loaded models", () => {
  const cuda = { ...computer, backEnd: "cuda" };
  const before = makePlan(cuda);
  assert.ok(before.reason);
  const key = measuredKey({ shape: before.reason.model.shape, runtime: "embedded", backEnd: "cuda" });
  const ratios = [1.01, 1.01, 1.01];
  const measured = { ratios, predictedBytes: 1e9, measuredBytes: 1.01e9, at: 0 };

  it("counts what they took", () => {
    const after = makePlan(cuda, {
      corrections: (load) => (measuredKey(load) === key ? measured : undefined),
    });
    assert.ok(before.reason && after.reason);
    assert.equal(after.reason.model, before.reason.model);
    assert.ok(sumOf(after.reason.bytes) > sumOf(before.reason.bytes));
    assert.ok(after.because.some((reason) => reason.kind === "measured" && reason.ratio === 1.01));
  });

  it("leaves other programs what they use, and says so", () => {
    const [gpu] = cuda.gpus;
    assert.ok(gpu);
    const taken = makePlan({ ...cuda, gpus: [{ ...gpu, othersBytes: gpu.memoryBytes / 2 }] });
    assert.ok((taken.reason?.model.parameters ?? 0) < (before.reason?.model.parameters ?? 0));
    assert.ok(taken.because.some(({ kind }) => kind === "others"));
    assert.ok(before.because.every(({ kind }) => kind !== "others"));
  });
});
