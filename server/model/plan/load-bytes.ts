/** What a loaded model takes, and how fast it writes, from its shape. */

import { gib } from "./hardware.ts";
import type { KvType, Load, LoadBytes } from "./plan.ts";

/** Bytes of a value in the KV cache; q8_0 packs 32 values and their scale into 34 bytes. */
const valueBytes: Readonly<Record<KvType, number>> = { f16: 2, q8_0: 34 / 32 };

/** Compute buffers, logits of a batch and the runtime itself, for a model on a GPU and on the processor. */
export const overheadBytes = { gpu: 0.8 * gib, cpu: 0.4 * gib } as const;

export function kvBytesPerToken({ model, kvType }: Pick<Load, "model" | "kvType">): number {
  const { layers, kvHeads, headDimension, cachedValues } = model.shape;
  return layers * (cachedValues ?? 2 * kvHeads * headDimension) * valueBytes[kvType];
}

export function loadBytes(load: Load, where: keyof typeof overheadBytes): LoadBytes {
  return {
    weights: load.quant.bytes,
    kv: Math.ceil(kvBytesPerToken(load) * load.contextTokens * load.slots),
    overhead: overheadBytes[where],
  };
}

export function sumOf({ weights, kv, overhead }: LoadBytes): number {
  return weights + kv + overhead;
}

/**
 * The share of a memory's bandwidth that is reached in writing: an 8B model at four bits, 64 tokens a second by an
 * M4 Max with 546 GB a second (llmcheck.net, M5 Max guide).
 */
const reachedShare = 0.6;

export interface Part {
  readonly share: number;
  /** In bytes a second. */
  readonly bandwidth: number;
}

/** Each token reads every weight that it is computed with once; parts of a model are read one after the other. */
export function tokensPerSecond({ model, quant }: Load, parts: readonly Part[]): number {
  const read = quant.bytes * ((model.activeParameters ?? model.parameters) / model.parameters);
  const seconds = parts.reduce(
    (sum, { share, bandwidth }) => sum + (read * share) / (bandwidth * reachedShare),
    0,
  );
  return 1 / seconds;
}
