/** Names of the catalogue lead to a file of a repository, or say why they do not. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type CatalogueModel, catalogue } from "../../../server/model/catalogue.ts";
import { findInCatalogue } from "../../../server/model/catalogue-name.ts";

const [known] = catalogue;
assert.ok(known);
const file = (quant: string) => ({ repository: "maker/model-GGUF", path: `model-${quant}.gguf` });
const models: readonly CatalogueModel[] = [
  {
    ...known,
    id: "model-1b",
    quants: [
      { quant: "Q8_0", bytes: 8, from: "computed", file: file("Q8_0") },
      { quant: "Q4_K_M", bytes: 4, from: "computed", file: file("Q4_K_M") },
      { quant: "Q4_K_S", bytes: 3, from: "computed" },
    ],
  },
  {
    ...known,
    id: "model-1b-code",
    quants: [{ quant: "F16", bytes: 16, from: "computed", file: file("F16") }],
  },
  { ...known, id: "unpublished", quants: [{ quant: "Q8_0", bytes: 8, from: "computed" }] },
];

function check(name: string, expected: string): void {
  it(`reads ${name}`, () => {
    const found = findInCatalogue(name, models);
    const text =
      found?.kind === "found" ? `${found.model.id} ${found.file.path}` : `no file ${found?.quants.join(" ")}`;
    assert.equal(found ? text : "unknown", expected);
  });
}

describe("a name of the catalogue", () => {
  check("model-1b", "model-1b model-Q4_K_M.gguf");
  check("model-1b:Q8_0", "model-1b model-Q8_0.gguf");
  check("Model-1B-q4_k_m", "model-1b model-Q4_K_M.gguf");
  check("model-1b-code", "model-1b-code model-F16.gguf");
  check("model-1b-code-f16", "model-1b-code model-F16.gguf");
  check("model-1b:Q4_K_S", "no file Q8_0 Q4_K_M");
  check("model-1b-q3_k_m", "no file Q8_0 Q4_K_M");
  check("unpublished", "no file ");
  check("model-1b-instruct", "unknown");
  check("model", "unknown");
  check("maker/model-1b:Q8_0", "unknown");
});
