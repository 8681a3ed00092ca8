/** What is known of a model's tokens from `/api/show`: which of them are controls, and how many a text has. */

import * as v from "valibot";
import { BpeCounter } from "./bpe-counter.ts";
import { preTokenizers } from "./pre-tokenizers.ts";

export interface Vocabulary {
  readonly controls: readonly string[];
  has(token: string): boolean;
  /** Special tokens read as plain text. Exact by `exact`, else rather too many. */
  countTokens(text: string): number;
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
  return {
    controls: [...ofType(tokenTypes.control), ...ofType(tokenTypes.unknown)],
    has: (token) => tokens.has(token),
    countTokens: (text) => counter?.count(text) ?? roughly(text),
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
