/** Names of models that Ollama pulls. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { FetchError } from "../../../server/fetch/fetch-error.ts";
import { readOllamaModel } from "../../../server/fetch/ollama-name.ts";

describe("a name of Ollama's registry", () => {
  type Place = readonly [name: string, registry: string, path: string, tag: string];

  const own = "https://registry.ollama.ai";
  const cases: Readonly<Record<string, Place>> = {
    "ollama/deepseek-r1:7b": ["deepseek-r1:7b", own, "library/deepseek-r1", "7b"],
    "ollama/deepseek-r1": ["deepseek-r1:latest", own, "library/deepseek-r1", "latest"],
    "ollama/someone/their-r1:q4": ["someone/their-r1:q4", own, "someone/their-r1", "q4"],
    "ollama/127.0.0.1:5000/library/tiny:1b": [
      "127.0.0.1:5000/library/tiny:1b",
      "http://127.0.0.1:5000",
      "library/tiny",
      "1b",
    ],
    "ollama/hub.example/a/b": ["hub.example/a/b:latest", "https://hub.example", "a/b", "latest"],
  };
  for (const [wanted, [name, registry, path, tag]] of Object.entries(cases))
    it(wanted, () => {
      const model = readOllamaModel(wanted);
      assert.deepEqual(
        [model?.name, model?.registry.origin, model?.path, model?.tag, model?.only],
        [name, registry, path, tag, true],
      );
    });

  it("is meant by a name of the catalogue that leaves the quantisation open", () => {
    const model = readOllamaModel("deepseek-r1-distill-qwen-1.5b");
    assert.deepEqual([model?.name, model?.only, model?.known?.licence], ["deepseek-r1:1.5b", false, "MIT"]);
    for (const other of ["deepseek-r1-distill-qwen-1.5b:Q4_K_M", "a/b:Q8_0", "a/b/c.gguf", "nothing"])
      assert.equal(readOllamaModel(other), undefined, other);
  });

  it("is refused where it is none", () => {
    for (const bad of ["ollama/", "ollama/a b", "ollama/../x", "ollama/a//b", "ollama/a:.."])
      assert.throws(() => readOllamaModel(bad), FetchError, bad);
  });
});
