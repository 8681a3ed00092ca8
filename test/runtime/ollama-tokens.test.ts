/** Tokens counted by a model's vocabulary are as many as llama.cpp makes, with each way to cut words that is known. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { getLlama, type Llama, LlamaLogLevel, readGgufFileInfo } from "node-llama-cpp";
import { preTokenizers } from "../../server/runtime/ollama/pre-tokenizers.ts";
import { readVocabulary } from "../../server/runtime/ollama/vocabulary.ts";
import { writeVocabulary } from "../support/vocabulary-gguf.ts";

const samples = [
  "",
  "export function add(a: number, b: number): number {\n  return a + b;\n}\n",
  "  \t\n\n\r\n   x",
  "I'll say it's 12345 TIMES, won't I?",
  "你好，世界 — é🙂 <|fim_middle|> <think>",
  "a".repeat(300),
  "/** @param {string} x */\r\n\r\nconst s = `${x}`; // 日本語 ひらがな\n",
];

describe("tokens by a vocabulary", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "hearth-vocabulary-"));
  let llama: Llama;
  let learnt: { readonly tokens: string[]; readonly types: number[]; readonly merges: string[] };

  before(async () => {
    llama = await getLlama({
      build: "never",
      gpu: false,
      progressLogs: false,
      logLevel: LlamaLogLevel.disabled,
    });
    const { metadata } = await readGgufFileInfo("test/fixtures/models/seedling-q8_0.gguf");
    const { tokens, token_type, merges } = metadata.tokenizer.ggml;
    learnt = { tokens: [...tokens], types: [...(token_type ?? [])], merges: [...(merges ?? [])] };
    // As R1's distills have it: a token wherever it is spelt.
    learnt.tokens.push("<think>");
    learnt.types.push(4);
  });
  after(async () => {
    await llama.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const pre of preTokenizers.keys()) {
    it(`are those of llama.cpp with ${pre}`, async () => {
      const path = join(folder, `${pre}.gguf`);
      await writeVocabulary(path, pre, learnt);
      const model = await llama.loadModel({ modelPath: path, vocabOnly: true });
      const vocabulary = readVocabulary({
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": pre,
        "tokenizer.ggml.tokens": learnt.tokens,
        "tokenizer.ggml.token_type": learnt.types,
        "tokenizer.ggml.merges": learnt.merges,
      });
      const same = (text: string) =>
        assert.equal(
          vocabulary.countTokens(text),
          model.tokenize(text, false).length,
          `${pre} of ${JSON.stringify(text)}`,
        );
      for (const sample of samples) same(sample);
      const word = fc.constantFrom(
        "foo",
        "Bar",
        "'s",
        "12",
        " ",
        "\n",
        "\t",
        "  ",
        "{",
        "});",
        "_",
        "é",
        "你",
      );
      fc.assert(fc.property(fc.array(word, { maxLength: 30 }), (words) => same(words.join(""))));
      await model.dispose();
    });
  }
});
