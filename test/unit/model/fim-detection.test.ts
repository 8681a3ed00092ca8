/** Which models may be asked to fill in the middle, by name and tokens; names and tokens are those of real files. */

import assert from "node:assert/strict";
import { type FimFamilyId, fimFamilies, fimStops } from "../../../server/model/fim.ts";
import { detectFim, detectReasoning } from "../../../server/model/fim-detection.ts";

const tokens = (...families: readonly FimFamilyId[]) =>
  new Map(families.flatMap((id) => fimStops(fimFamilies[id])).map((token, id) => [token, id]));

describe("the FIM family of a model", () => {
  const cases: readonly (readonly [
    name: string | undefined,
    file: string,
    known: readonly FimFamilyId[],
    declares: "declares" | "silent",
    family: FimFamilyId | undefined,
  ])[] = [
    ["Qwen2.5 Coder 1.5B", "qwen2.5-coder-1.5b-q4_k_m.gguf", ["qwen"], "silent", "qwen"],
    ["Qwen3 Coder 30B A3B Instruct", "model.gguf", ["qwen"], "silent", "qwen"],
    [undefined, "qwen2.5-coder-7b-instruct-q4_k_m.gguf", ["qwen"], "silent", "qwen"],
    ["Qwen2.5 7B Instruct", "qwen2.5-7b-instruct-q4_k_m.gguf", ["qwen"], "silent", undefined],
    ["DeepSeek R1 Distill Qwen 7B", "DeepSeek-R1-Distill-Qwen-7B-Q4_K_M.gguf", ["qwen"], "silent", undefined],
    ["DeepSeek R1 Distill Qwen 7B", "my-coder.gguf", ["qwen"], "declares", undefined],
    [undefined, "DeepSeek-R1-0528-Qwen3-8B-Q4_K_M.gguf", ["qwen"], "declares", undefined],
    ["Deepseek Coder 6.7B Base", "model.gguf", ["deepseek"], "silent", "deepseek"],
    ["DeepSeek-Coder-V2-Lite-Base", "model.gguf", ["deepseek"], "silent", "deepseek"],
    ["DeepSeek V3", "model.gguf", ["deepseek"], "silent", undefined],
    ["Codestral 22B v0.1", "model.gguf", ["codestral"], "silent", "codestral"],
    ["Mistral Nemo", "model.gguf", ["codestral"], "silent", undefined],
    ["StarCoder2 3B", "model.gguf", ["starcoder"], "silent", "starcoder"],
    ["stable-code-3b", "model.gguf", ["starcoder"], "silent", "starcoder"],
    ["Mellum 4b base", "model.gguf", ["mellum"], "silent", "mellum"],
    ["codegemma-2b", "model.gguf", ["codegemma"], "silent", "codegemma"],
    ["Seed Coder 8B Base", "model.gguf", ["seed"], "silent", "seed"],
    ["Qwen2.5 Coder 1.5B", "model.gguf", [], "silent", undefined],
    ["Scripted", "scripted.gguf", ["qwen", "deepseek"], "declares", "qwen"],
    ["Llama 3.1 8B", "llama.gguf", [], "declares", undefined],
  ];
  for (const [name, file, known, declares, family] of cases) {
    it(`${family ?? "none"} for ${name ?? file} (${known.join(", ")}, ${declares})`, () => {
      const evidence = { name, knownTokens: tokens(...known), declaresFim: declares === "declares" };
      assert.equal(detectFim(evidence, `/models/${file}`), family);
    });
  }

  it("knows a model that reasons by its template, or its name", () => {
    assert.equal(detectReasoning({ name: undefined, chatTemplate: "…<think>\\n…" }, "m.gguf"), true);
    assert.equal(detectReasoning({ name: "Qwen2.5 Coder", chatTemplate: "…" }, "m.gguf"), false);
    assert.equal(detectReasoning({ name: undefined, chatTemplate: undefined }, "DeepSeek-R1-Q4.gguf"), true);
    assert.equal(detectReasoning({ name: undefined, chatTemplate: undefined }, "m.gguf"), false);
  });
});
