/** What is known of a model's tokens from `/api/show`: which of them are controls, and how many a text has. */

import * as v from "valibot";
import { anyOf } from "./any-of.ts";
import { BpeCounter } from "./bpe-counter.ts";
import { preTokenizers } from "./pre-tokenizers.ts";

export interface Vocabulary {
  /** Finds the control tokens that a text spells; undefined where there are none. */
  readonly controls: RegExp | undefined;
  has(token: string): boolean;
  /** Special tokens read as plain text. Exact by `exact`, else rather too many. */
  countTokens(text: string): number;
  /** Of a prompt in which control tokens are what they are. */
  promptTokens(prompt: string): number;
  readonly exact: boolean;
}

const strings = v.array(v.string());
const vocabularySchema = v.object({
  "tokenizer.ggml.model": v.optional(v.string(), ""),
  "tokenizer.ggml.pre": v.optional(v.string(), ""),
  "tokenizer.ggml.tokens": v.nullish(strings),
  "tokenizer.ggml.token_type": v.nullish(v.array(v.number())),
  "tokenizer.ggml.merges": v.nullish(strings),
});

/** `llama_token_type` of llama.cpp's llama.h. */
const tokenTypes = { unknown: 2, control: 3, userDefined: 4 } as const;

export function readVocabulary(modelInfo: Readonly<Record<string, unknown>>): Vocabulary {
  const parsed = v.safeParse(vocabularySchema, modelInfo);
  const read = parsed.success ? parsed.output : undefined;
  const list = read?.["tokenizer.ggml.tokens"] ?? [];
  const types = read?.["tokenizer.ggml.token_type"] ?? [];
  const ofType = (type: number) => list.filter((_, id) => types[id] === type);
  const tokens = new Set(list);
  const counter = read && counterOf(read, { tokens, spelled: ofType(tokenTypes.userDefined) });
  const countTokens = (text: string) => counter?.count(text) ?? roughly(text);
  // What is one character long can be nothing but that character.
  const controls = [...ofType(tokenTypes.control), ...ofType(tokenTypes.unknown)].filter(
    ({ length }) => length > 1,
  );
  const control = anyOf(controls);
  return {
    controls: control,
    has: (token) => tokens.has(token),
    countTokens,
    promptTokens: (prompt) => {
      if (!control) return countTokens(prompt);
      const texts = prompt.split(control);
      return texts.reduce((sum, text) => sum + countTokens(text), texts.length - 1);
    },
    exact: counter !== undefined,
  };
}

interface Spelling {
  readonly tokens: ReadonlySet<string>;
  readonly spelled: readonly string[];
}

function counterOf(
  read: v.InferOutput<typeof vocabularySchema>,
  { tokens, spelled }: Spelling,
): BpeCounter | undefined {
  const pre = preTokenizers.get(read["tokenizer.ggml.pre"]);
  const merges = read["tokenizer.ggml.merges"];
  if (read["tokenizer.ggml.model"] !== "gpt2" || !pre || !merges || tokens.size === 0) return undefined;
  return new BpeCounter({ tokens, merges, pre, spelled });
}

/**
 * For tokenizers that are not counted exactly, such as SentencePiece's: half the bytes. Of code they make a token
 * of three bytes, of Chinese one of two or three. What it gets wrong Ollama refuses, since it is told not to cut.
 */
function roughly(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 2);
}
