/** How long a context can be in the memory that is free, and what to say when none fits. */

import { RuntimeError } from "../../model/runtime-error.ts";

export interface MemoryNeeds {
  readonly weightBytes: number;
  /** Bytes of keys and values of one token, in all layers. */
  readonly kvBytesPerToken: number;
  /** What llama.cpp takes to compute one batch. */
  readonly computeBytes: number;
  readonly trainedContextTokens: number;
  /** What the person asked for; left out for as much as is useful and fits. */
  readonly contextTokens?: number | undefined;
}

const usualContextTokens = 8192;
const smallestContextTokens = 512;
/** Left to everything else on the machine. */
const reserveBytes = 256 * 1024 * 1024;

/** Tokens of context to make. More than the model was trained for is cut to that. */
export function planContext(needs: MemoryNeeds, freeBytes: number): number {
  const wish = Math.min(needs.contextTokens ?? usualContextTokens, needs.trainedContextTokens);
  let tokens = wish;
  const smallest = needs.contextTokens === undefined ? Math.min(smallestContextTokens, wish) : wish;
  while (tokens > smallest && bytesWith(needs, tokens) > freeBytes) tokens = Math.max(smallest, tokens >> 1);
  const wanted = bytesWith(needs, tokens);
  if (wanted <= freeBytes) return tokens;
  throw new RuntimeError(
    "out-of-memory",
    `The model with a context of ${tokens.toLocaleString("en")} tokens needs ${gib(wanted)} of memory, and ${gib(freeBytes)} are free.`,
  );
}

function bytesWith(needs: MemoryNeeds, tokens: number): number {
  return needs.weightBytes + needs.kvBytesPerToken * tokens + needs.computeBytes + reserveBytes;
}

function gib(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
