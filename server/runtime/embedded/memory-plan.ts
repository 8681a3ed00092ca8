/** How long a context can be in the memory that is free, and what to say when none fits. */

import type { GgufHeader } from "../../model/gguf-header.ts";
import { RuntimeError } from "../../model/runtime-error.ts";

export interface MemoryNeeds {
  readonly weightBytes: number;
  /** Bytes of keys and values of one token, in all layers. */
  readonly kvBytesPerToken: number;
  /** What llama.cpp takes to compute one batch. */
  readonly computeBytes: number;
  readonly trainedContextTokens: number;
}

/** Tokens that llama.cpp computes at once at most. */
export const batchTokens = 512;
const usualContextTokens = 8192;
const smallestContextTokens = 512;
/** Left to everything else on the machine. */
const reserveBytes = 256 * 1024 * 1024;
const floatBytes = 4;
const halfBytes = 2;
const graphBytes = 32 * 1024 * 1024;

export function memoryNeeds(header: GgufHeader): MemoryNeeds {
  const { layers, kvHeads, keyLength, valueLength, vocabulary, embeddingLength } = header;
  return {
    weightBytes: header.weightBytes,
    kvBytesPerToken: layers * kvHeads * (keyLength + valueLength) * halfBytes,
    // llama.cpp reserves the logits of a whole batch, and a few activations as wide as the model.
    computeBytes: batchTokens * (vocabulary + 16 * embeddingLength) * floatBytes + graphBytes,
    trainedContextTokens: header.trainedContextTokens,
  };
}

/** Tokens of context to make: as many as are useful and fit, and no more than the model was trained for. */
export function planContext(needs: MemoryNeeds, freeBytes: number): number {
  const wish = Math.min(usualContextTokens, needs.trainedContextTokens);
  const smallest = Math.min(smallestContextTokens, wish);
  let tokens = wish;
  while (tokens > smallest && bytesWith(needs, tokens) > freeBytes) tokens = Math.max(smallest, tokens >> 1);
  checkMemory(needs, tokens, freeBytes);
  return tokens;
}

/** Throws when a context of so many tokens does not fit. */
export function checkMemory(needs: MemoryNeeds, contextTokens: number, freeBytes: number): void {
  const wanted = bytesWith(needs, contextTokens);
  if (wanted <= freeBytes) return;
  throw new RuntimeError(
    "out-of-memory",
    "The model with a context of {0} tokens needs {1} of memory, and {2} are free.",
    { values: [contextTokens.toLocaleString("en"), gib(wanted), gib(freeBytes)] },
  );
}

function bytesWith(needs: MemoryNeeds, tokens: number): number {
  return needs.weightBytes + needs.kvBytesPerToken * tokens + needs.computeBytes + reserveBytes;
}

function gib(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
