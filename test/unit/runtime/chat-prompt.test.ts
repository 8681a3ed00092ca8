/** What a model's own template has already written of the answer. */

import assert from "node:assert/strict";
import type { LlamaModel, LlamaText, Token } from "node-llama-cpp";
import { chatPrompt } from "../../../server/runtime/embedded/chat-prompt.ts";

describe("a prompt from a model's own template", () => {
  const cases: readonly (readonly [rendered: string, opening: string])[] = [
    ["<user>Hello<assistant>", ""],
    ["<user>Hello<assistant><think>", "<think>"],
    ["<user>Hello<assistant><think>\n", "<think>\n"],
    ["<user>What does <think> mean?<assistant>", ""],
    ["<user>Hello<assistant><think>\n\n</think>\n\n", ""],
  ];
  for (const [rendered, opening] of cases) {
    it(`${JSON.stringify(rendered)} begins the answer with ${JSON.stringify(opening)}`, () => {
      const pieces = rendered.split(/(?<=>)|(?=<)/);
      const model = {
        tokenize: () => [],
        detokenize: (tokens: readonly Token[]) => tokens.map((token) => pieces[token]).join(""),
      } as unknown as LlamaModel;
      const template = () => ({ tokenize: () => [...pieces.keys()] }) as unknown as LlamaText;
      const request = { messages: [{ role: "user", text: "Hello" }], maxTokens: 1, stop: [] } as const;
      const answer = chatPrompt(model, template, {
        ...request,
        sampling: { temperature: 0 },
        priority: "chat",
      });
      assert.equal(answer.opening, opening);
    });
  }
});
