/**
 * Where the tokens that a prompt goes on with stand further back in the KV cache: the start of a prompt's window
 * has moved on, and all behind it is there already. llama.cpp's server has the same as `--cache-reuse`.
 */

import type { Token } from "node-llama-cpp";

export interface Chunk {
  /** Indices in the held tokens, the end exclusive. */
  readonly start: number;
  readonly end: number;
}

/** A shorter run is as often a chance as a moved window, and not worth shifting. */
export const smallestChunk = 64;

/** The first run of at least `smallestChunk` held tokens behind `from` that `wanted` goes on with at `from`. */
export function findMovedChunk(
  held: readonly Token[],
  wanted: readonly Token[],
  from: number,
): Chunk | undefined {
  for (let start = from + 1; start + smallestChunk <= held.length; start++) {
    const length = commonLength(held, start, wanted, from);
    if (length >= smallestChunk) return { start, end: start + length };
  }
  return undefined;
}

function commonLength(held: readonly Token[], at: number, wanted: readonly Token[], from: number): number {
  const most = Math.min(held.length - at, wanted.length - from);
  let length = 0;
  while (length < most && held[at + length] === wanted[from + length]) length++;
  return length;
}
