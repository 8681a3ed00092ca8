/** The catalogue's figures agree with one another, and with the sizes that llama.cpp's rules give. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type CatalogueModel, catalogue } from "../../../server/model/catalogue.ts";
import { parametersOf, quantisedBytes } from "../../support/quantised-size.ts";

const dense = catalogue.filter(({ shape }) => shape.experts === undefined);

describe("the catalogue", () => {
  it("names each model once", () =>
    assert.equal(new Set(catalogue.map(({ id }) => id)).size, catalogue.length));

  it("has what reasons, what fills in the middle and what embeds", () => {
    const counts = { reason: 0, complete: 0, embed: 0 };
    for (const { role } of catalogue) counts[role] += 1;
    assert.deepEqual(counts, { reason: 8, complete: 19, embed: 3 });
  });

  it("lists the quantisations of a model from the largest to the smallest", () => {
    for (const { id, quants } of catalogue) {
      const bytes = quants.map((quant) => quant.bytes);
      assert.deepEqual(
        bytes,
        bytes.toSorted((a, b) => b - a),
        id,
      );
    }
  });

  it("names a file by its quantisation, and its repository among the sources", () => {
    for (const { id, quants, sources } of catalogue) {
      for (const { quant, file } of quants) {
        if (!file) continue;
        assert.match(file.path, new RegExp(`[-.]${quant}\\.gguf$`, "i"), id);
        assert.ok(sources.includes(`https://huggingface.co/${file.repository}`), `${id} ${quant}`);
      }
    }
  });

  it("names a file of the usual quantisation of most models", () => {
    const without = catalogue.filter(({ quants }) => quants.every(({ file }) => file === undefined));
    assert.deepEqual(
      without.map(({ id }) => id),
      [
        "deepseek-r1-671b",
        "qwen2.5-coder-32b",
        "starcoder2-15b",
        "granite-3b-code",
        "granite-8b-code",
        "granite-20b-code",
        "seed-coder-8b",
      ],
    );
  });

  for (const model of dense) {
    it(`counts ${model.name} as its shape does`, () => {
      assert.equal(model.parameters, parametersOf(model.shape));
      for (const { quant, bytes, from } of model.quants) {
        const expected = quantisedBytes(model.shape, quant);
        if (from === "computed") assert.equal(bytes, expected, quant);
        // The page of a file shows two or three digits of it.
        else
          assert.ok(Math.abs(bytes / expected - 1) < 0.005, `${quant}: ${bytes}, ${expected} by its shape`);
      }
    });
  }

  it("takes the bytes of models of experts from published files alone", () => {
    const experts = catalogue.filter(({ shape }) => shape.experts !== undefined);
    assert.equal(experts.length, 3);
    for (const { quants } of experts) assert.ok(quants.every(({ from }) => from === "published"));
  });

  it("has R1's keys and values as they are known", () => {
    const kib = Object.fromEntries(
      catalogue.filter(({ role }) => role === "reason").map((model) => [model.id, cachedBytes(model) / 1024]),
    );
    assert.deepEqual(kib, {
      "deepseek-r1-distill-qwen-1.5b": 28,
      "deepseek-r1-distill-qwen-7b": 56,
      "deepseek-r1-distill-llama-8b": 128,
      "deepseek-r1-0528-qwen3-8b": 144,
      "deepseek-r1-distill-qwen-14b": 192,
      "deepseek-r1-distill-qwen-32b": 256,
      "deepseek-r1-distill-llama-70b": 320,
      "deepseek-r1-671b": 68.625,
    });
  });
});

function cachedBytes({ shape }: CatalogueModel): number {
  return shape.layers * (shape.cachedValues ?? shape.kvHeads * shape.headDimension * 2) * 2;
}
