/** Tokens are counted as the model's own tokenizer does, none is computed twice, and texts become vectors. */

import assert from "node:assert/strict";
import { complete, fim, never } from "../../../support/host-fixture.ts";
import { type Behaviour, chat, infill } from "../behaviour.ts";

/** By llama.cpp's own tokenizer, with the model that has learnt. */
const learnt: readonly (readonly [text: string, tokens: number])[] = [
  ["", 0],
  ["export function add(a: number, b: number): number {\n  return a + b;\n}\n", 23],
  ["你好, é🙂\r\n\t\t// <|fim_middle|>", 27],
];

export const tokens: readonly Behaviour[] = [
  {
    name: "counts tokens as the model's tokenizer does",
    model: "scripted",
    check: async ({ runtime }) => {
      for (const text of ["", "a", "Hello, world\n", "a\n\nb", "你好é🙂", " \t "]) {
        const bytes = Buffer.byteLength(text) - (text.includes("\n\n") ? 1 : 0);
        assert.equal(await runtime.countTokens(text), bytes, JSON.stringify(text));
      }
    },
  },
  {
    name: "counts tokens as the tokenizer of a model that has learnt does",
    model: "seedling",
    check: async ({ runtime }) => {
      for (const [text, expected] of learnt)
        assert.equal(await runtime.countTokens(text), expected, JSON.stringify(text));
    },
  },
  {
    name: "says how many tokens the prompt had and the answer has",
    model: "scripted",
    check: async (subject) => {
      const { usage } = (await infill(subject, { prompt: fim("const b = "), maxTokens: 4 })).end;
      assert.equal(usage.prompt, 3 + "const b = ".length + "\n}".length);
      assert.equal(usage.generated, 4);
      assert.ok(usage.cached < usage.prompt);
    },
  },
  {
    name: "says how many tokens of a chat the prompt had and the answer has",
    model: "scripted",
    check: async (subject) => {
      const said = (text: string) => chat(subject, { messages: [{ role: "user", text }], maxTokens: 3 });
      const [short, long] = [await said("Hello"), await said("Hello, you")];
      assert.equal(long.end.usage.prompt - short.end.usage.prompt, ", you".length);
      assert.equal(long.end.usage.generated, 3);
    },
  },
  {
    name: "computes no part of a prompt twice",
    model: "scripted",
    check: async ({ runtime }) => {
      const start = "x".repeat(400);
      const first = await complete(runtime, `${start}1`);
      const second = await complete(runtime, `${start}2`);
      assert.equal(first.end.usage.prompt, second.end.usage.prompt);
      assert.ok(second.end.usage.cached >= 400, `cached ${second.end.usage.cached}`);
    },
  },
  {
    name: "warms a prompt, which then costs its last token only",
    model: "scripted",
    check: async ({ runtime }) => {
      const prefix = "warm".repeat(200);
      const warmed = await runtime.warm({ prompt: fim(prefix), priority: "completion" }, never);
      assert.equal(warmed.generated, 0);
      assert.ok(warmed.prompt >= prefix.length, `warmed ${warmed.prompt}`);
      const { usage } = (await complete(runtime, prefix)).end;
      assert.equal(usage.cached, usage.prompt - 1);
    },
  },
  {
    name: "keeps the cache of completions through a chat",
    model: "scripted",
    check: async (subject) => {
      const prefix = "kept".repeat(100);
      await complete(subject.runtime, prefix);
      await chat(subject);
      const { usage } = (await complete(subject.runtime, prefix)).end;
      assert.equal(usage.cached, usage.prompt - 1);
    },
  },
  {
    name: "embeds texts, each as a vector of length one",
    model: "embedding",
    check: async ({ runtime }) => {
      const request = { texts: ["one", "two two", "one"], priority: "background" } as const;
      const vectors = await runtime.embed(request, never);
      assert.equal(vectors.length, 3);
      for (const vector of vectors) assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-4);
      const [first, second, third] = vectors.map((vector) => [...vector].map((x) => x.toFixed(3)).join(" "));
      assert.equal(first, third);
      assert.notEqual(first, second);
    },
  },
  {
    name: "embeds no texts as no vectors",
    model: "embedding",
    check: async ({ runtime }) => {
      assert.deepEqual(await runtime.embed({ texts: [], priority: "background" }, never), []);
    },
  },
];
