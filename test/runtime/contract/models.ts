/** The models that every runtime serves under the contract: files that follow a script, and one that has learnt. */

import { type ScriptedModel, type ScriptedShape, scripted } from "../../support/scripted-model.ts";
import type { ModelFile } from "./runtime.ts";

export const infillText = "return x; return x;\n";
export const answerText = "Answer 你好";
export const words: string = Array.from({ length: 120 }, (_, index) => `w${index} `).join("");

export const thoughtLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
export const answerLetters = "abcdefghijklmnopqrstuvwxyz0123456789";

export const models = {
  scripted: file({ infill: infillText, chat: `<think>plan the plan</think>${answerText}` }),
  bytes: file({ infill: ["a=", ...bytesOf("é🙂"), ";;"], chat: ["b=", ...bytesOf("ж世"), "::"] }),
  /** Steps of some ten milliseconds: 24 million parameters. */
  slow: file(
    { infill: words, chat: `<think>${words.toUpperCase()}</think>Done` },
    { layers: 4, width: 1024, feedForward: 2048, kvHeads: 2, weights: "F16" },
  ),
  /** Slow too, and each of its steps is read as it was written: an answer may be sent again as text. */
  letters: file(
    { infill: words, chat: [...thoughtLetters, "</think>", ...answerLetters] },
    { layers: 4, width: 1024, feedForward: 2048, kvHeads: 2, weights: "F16" },
  ),
  embedding: file({ infill: "x" }, {}, "embed"),
  seedling: (): Promise<ModelFile> =>
    Promise.resolve({
      path: "test/fixtures/models/seedling-q8_0.gguf",
      contextTokens: 1024,
      task: "generate",
    }),
} as const;

/** By which a runtime that shows no header knows how the model fills in the middle. */
const name = "scripted-qwen-coder";

export type ModelName = keyof typeof models;

/** A byte is a step: no token holds a whole character. */
function bytesOf(text: string): readonly Uint8Array[] {
  return [...Buffer.from(text)].map((byte) => Uint8Array.of(byte));
}

function file(
  model: ScriptedModel,
  shape: ScriptedShape = {},
  task: ModelFile["task"] = "generate",
): () => Promise<ModelFile> {
  return async () => ({ path: await scripted(model, { name, ...shape }), contextTokens: 4096, task });
}
