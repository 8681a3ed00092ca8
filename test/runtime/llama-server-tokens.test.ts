/** Tokens that are remembered line by line are those of the whole text, with each way of llama.cpp's to cut words. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { getLlama, type Llama, LlamaLogLevel, type LlamaModel, readGgufFileInfo } from "node-llama-cpp";
import { RuntimeError } from "../../server/model/runtime-error.ts";
import { TextTokens } from "../../server/runtime/llama-server/text-tokens.ts";
import { preTokenizers } from "../../server/runtime/ollama/pre-tokenizers.ts";
import { never } from "../support/host-fixture.ts";
import { writeVocabulary } from "../support/vocabulary-gguf.ts";

/** Whose expressions take what follows a line end into the same word, and others that Ollama's models have not. */
const others = ["gpt-4o", "tekken", "falcon", "mpt", "olmo", "dbrx", "bloom", "viking", "default"];
const indented =
  "class A:\n    def b(self):\n        return 1\n\n\n    # c\n    def d(self):\n        return 2\n";
const plain = "import a\nimport b\nconst c = {\nd,\n};\n//e\nconst f = 1;\n";
const words = [
  "foo",
  "Bar",
  "'s",
  "12",
  " ",
  "  ",
  "\n",
  "\n",
  "\r\n",
  "\t",
  "//",
  "{",
  "});",
  "_",
  "-",
  "é",
  "你",
];

describe("tokens remembered by line", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "hearth-vocabulary-"));
  let llama: Llama;
  let learnt: { readonly tokens: string[]; readonly types: number[]; readonly merges: string[] };

  before(async () => {
    const quiet = { gpu: false, progressLogs: false, logLevel: LlamaLogLevel.disabled } as const;
    llama = await getLlama({ build: "never", ...quiet });
    const { metadata } = await readGgufFileInfo("test/fixtures/models/seedling-q8_0.gguf");
    const { tokens, token_type, merges } = metadata.tokenizer.ggml;
    learnt = withLineEnds({
      tokens: [...tokens],
      types: [...(token_type ?? [])],
      merges: [...(merges ?? [])],
    });
  });
  after(async () => {
    await llama.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const pre of [...preTokenizers.keys(), ...others]) {
    it(`are those of the whole text with ${pre}`, async () => {
      const model = await loaded(pre);
      const asked: string[] = [];
      const texts = new TextTokens(tokenizerOf(model, asked));
      const same = async (text: string) =>
        assert.deepEqual((await texts.of([text], never))[0], tokensOf(model, text), JSON.stringify(text));
      for (const sample of [indented, plain, plain.replaceAll("\n", "\r\n"), `${plain}\n\n${indented}`])
        await same(sample);
      await fc.assert(
        fc.asyncProperty(fc.array(fc.constantFrom(...words), { maxLength: 40 }), (some) =>
          same(some.join("")),
        ),
      );
      // It knows lines by now: of what grows only the last is asked.
      await same(`${plain}let g`);
      asked.length = 0;
      await same(`${plain}let gh`);
      assert.deepEqual(asked, ["let gh"]);
      await same(`${plain}let gh`);
      assert.deepEqual(asked, ["let gh"]);
      await model.dispose();
    });
  }

  it("throws where the answer is not about what was asked", async () => {
    const tokenizer = {
      tokenize: () => Promise.resolve([1]),
      strange: () => new RuntimeError("refused", "x"),
    };
    await assert.rejects(new TextTokens(tokenizer).of(["a"], never), RuntimeError);
  });

  async function loaded(pre: string): Promise<LlamaModel> {
    const path = join(folder, `${pre}.gguf`);
    await writeVocabulary(path, pre, learnt);
    return await llama.loadModel({ modelPath: path, vocabOnly: true });
  }
});

/** Line ends that merge with what is before and behind them wherever a tokenizer lets them. */
function withLineEnds({ tokens, types, merges }: { tokens: string[]; types: number[]; merges: string[] }) {
  const first: string[] = [];
  const merge = (left: string, right: string) => {
    first.push(`${left} ${right}`);
    if (tokens.includes(left + right)) return;
    tokens.push(left + right);
    types.push(1);
  };
  const [lineEnd, space, tab, back] = ["Ċ", "Ġ", "ĉ", "č"];
  for (const behind of [lineEnd, space, tab, back, "/", "-", "#", "_", "{", "}", "f", "i", "l", "1"])
    merge(lineEnd, behind);
  for (const ahead of [space, tab, back, ";", "{", "}", ")", "a", "1"]) merge(ahead, lineEnd);
  return { tokens, types, merges: [...first, ...merges] };
}

function tokensOf(model: LlamaModel, text: string): readonly number[] {
  return model.tokenize(text, false);
}

/** As `/tokenize` of a llama-server answers. */
function tokenizerOf(model: LlamaModel, asked: string[]) {
  return {
    tokenize: (content: readonly (string | number)[]) => {
      asked.push(...content.filter((part) => typeof part === "string"));
      return Promise.resolve(
        content.flatMap((part) => (typeof part === "number" ? [part] : tokensOf(model, part))),
      );
    },
    strange: () => new RuntimeError("refused", "x"),
  };
}
