/** How long a context can be in the memory that is free, and what to say when none fits. */

import type { GgufHeader } from "../../model/gguf-header.ts";
import { batchTokens as tokensAtOnce } from "../../model/plan/batch-tokens.ts";
import { RuntimeError } from "../../model/runtime-error.ts";

export interface MemoryNeeds {
  readonly weightBytes: number;
  /** Bytes of keys and values of one token, in all layers. */
  readonly kvBytesPerToken: number;
  /** What llama.cpp takes to compute one token of a batch: logits and activations. */
  readonly batchTokenBytes: number;
  /** What the attention of one token to another takes, in the one layer that is computed. */
  readonly scoreBytes: number;
  readonly trainedContextTokens: number;
}

export type FlashAttention = "auto" | false;

/**
 * Flash attention on the CPU is fast only in batches of 64 tokens and more. What follows 700 tokens of the test
 * model took, with it and without, by processor time: 1 token 3.9 and 1.6 ms, 52 tokens 154 and 11 ms, 117 tokens
 * 16 and 41 ms; 960 tokens in steps of 32 took 2,043 and 184 ms. Ghost text is made of small steps and single
 * tokens.
 */
export const flashAttention = { cpu: false, gpu: "auto" } as const;

export const usualContextTokens = 8192;
const smallestContextTokens = 512;
/** Left to everything else on the machine. */
const reserveBytes = 256 * 1024 * 1024;
const floatBytes = 4;
const halfBytes = 2;
const graphBytes = 32 * 1024 * 1024;

export function memoryNeeds(header: GgufHeader): MemoryNeeds {
  const { layers, heads, kvHeads, keyLength, valueLength, vocabulary, embeddingLength } = header;
  return {
    weightBytes: header.weightBytes,
    kvBytesPerToken: layers * kvHeads * (keyLength + valueLength) * halfBytes,
    // llama.cpp reserves the logits of a whole batch, and a few activations as wide as the model.
    batchTokenBytes: (vocabulary + 16 * embeddingLength) * floatBytes,
    scoreBytes: heads * floatBytes,
    trainedContextTokens: header.trainedContextTokens,
  };
}

/** Tokens of context to make: as many as are useful, allowed and fit, and no more than the model was trained for. */
export function planContext(
  needs: MemoryNeeds,
  { flash, freeBytes, mostTokens = usualContextTokens }: ContextLimits,
): number {
  const wish = Math.min(usualContextTokens, mostTokens, needs.trainedContextTokens);
  const smallest = Math.min(smallestContextTokens, wish);
  let tokens = wish;
  while (tokens > smallest && bytesWith(needs, flash, tokens) > freeBytes)
    tokens = Math.max(smallest, tokens >> 1);
  checkMemory({ needs, flash, contextTokens: tokens, freeBytes });
  return tokens;
}

export interface ContextLimits {
  readonly flash: FlashAttention;
  readonly freeBytes: number;
  readonly mostTokens?: number | undefined;
}

export interface PlannedContext {
  readonly needs: MemoryNeeds;
  readonly flash: FlashAttention;
  readonly contextTokens: number;
  readonly freeBytes: number;
}

/** Throws when a context of so many tokens does not fit. */
export function checkMemory({ needs, flash, contextTokens, freeBytes }: PlannedContext): void {
  const wanted = bytesWith(needs, flash, contextTokens);
  if (wanted <= freeBytes) return;
  throw new RuntimeError(
    "out-of-memory",
    "The model with a context of {0} tokens needs {1} of memory, and {2} are free.",
    { values: [contextTokens.toLocaleString("en"), gib(wanted), gib(freeBytes)] },
  );
}

/** Tokens that are computed at once. */
export function batchTokens(needs: MemoryNeeds, flash: FlashAttention, contextTokens: number): number {
  return tokensAtOnce({ flash: flash !== false, scoreBytes: needs.scoreBytes, contextTokens });
}

function bytesWith(needs: MemoryNeeds, flash: FlashAttention, tokens: number): number {
  const scoreBytes = flash === false ? needs.scoreBytes * tokens : 0;
  const computeBytes = batchTokens(needs, flash, tokens) * (needs.batchTokenBytes + scoreBytes) + graphBytes;
  return needs.weightBytes + needs.kvBytesPerToken * tokens + computeBytes + reserveBytes;
}

function gib(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
