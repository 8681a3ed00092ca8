/** What a loaded model takes, from its shape and the runtime that loads it. */

import { batchTokens } from "./batch-tokens.ts";
import { computeBytes, paddedContext } from "./compute-bytes.ts";
import { correctionOf } from "./corrections.ts";
import { gib } from "./hardware.ts";
import type { LoadWay } from "./load-way.ts";
import type { KvType, Load, LoadBytes, LoadSize } from "./plan.ts";

/** Bytes of a value in the KV cache; q8_0 packs 32 values and their scale into 34 bytes. */
const valueBytes: Readonly<Record<KvType, number>> = { f16: 2, q8_0: 34 / 32 };

const floatBytes = 4;
const mib = 1024 ** 2;

/** A llama-server computes so many tokens at once, wherever it does. */
const serverBatchTokens = 512;

/**
 * What a runtime's own process takes before it has a model: Node with llama.cpp's library, or the program. Measured
 * by `npm run bench -- plan`.
 */
const ownBytes = { embedded: 130 * mib, "llama-server": 20 * mib } as const;

/** Per entry of the vocabulary: its text, its score, and the tables that find it. Measured as above. */
const tokenBytes = 220;

/** What a driver keeps on a GPU for each process that computes there: 300 MB of CUDA's (pytorch's issue 107667). */
const driverBytes = 0.3 * gib;

export function sizeOf({ model, quant, contextTokens, kvType, slots, measured }: Load): LoadSize {
  const size = { shape: model.shape, weightBytes: quant.bytes, contextTokens, kvType, slots };
  return measured ? { ...size, measured } : size;
}

export function kvBytesPerToken({ shape, kvType }: Pick<LoadSize, "shape" | "kvType">): number {
  const { layers, kvHeads, headDimension, cachedValues } = shape;
  return layers * (cachedValues ?? 2 * kvHeads * headDimension) * valueBytes[kvType];
}

/** What loads on this machine differed by is counted with the rest, for weights, keys and values are known. */
export function loadBytes(load: LoadSize, way: LoadWay): LoadBytes {
  const buffers = bufferBytes(load);
  const more = reportedBytes(load, way) * (correctionOf(load.measured?.ratios ?? []) - 1);
  return { ...buffers, overhead: Math.max(0, Math.ceil(overhead(load, way) + more)) };
}

/** What the runtime reports of a load: what it allocates on the memory that computes. */
export function reportedBytes(load: LoadSize, way: LoadWay): number {
  const { weights, kv } = bufferBytes(load);
  return weights + kv + allocatedBytes(load, way);
}

export function sumOf({ weights, kv, overhead: rest }: LoadBytes): number {
  return weights + kv + rest;
}

function bufferBytes(load: LoadSize): Omit<LoadBytes, "overhead"> {
  const tokens = paddedContext(load.contextTokens) * load.slots;
  return { weights: load.weightBytes, kv: Math.ceil(kvBytesPerToken(load) * tokens) };
}

/** On a GPU all that is allocated; in the main memory what is touched, for the rest of it takes none. */
function overhead(load: LoadSize, way: LoadWay): number {
  if (way.where === "gpu") return allocatedBytes(load, way) + driverBytes;
  const { vocabulary } = load.shape;
  const graph = computeBytes({ ...computationOf(load, way), outputs: load.slots });
  return graph + outputBytes(load) + workBytes(load, way) + ownBytes[way.runtime] + vocabulary * tokenBytes;
}

function allocatedBytes(load: LoadSize, way: LoadWay): number {
  const computation = computationOf(load, way);
  // The library that is embedded has room for the logits of a whole batch, whoever asks for them.
  const outputs = way.runtime === "embedded" ? computation.batchTokens : load.slots;
  return computeBytes({ ...computation, outputs }) + outputBytes(load);
}

function outputBytes({ shape, slots }: LoadSize): number {
  return shape.vocabulary * slots * floatBytes;
}

function computationOf({ shape, contextTokens }: LoadSize, { runtime, flash: wanted }: LoadWay) {
  const flash = wanted === "on";
  const context = paddedContext(contextTokens);
  const scoreBytes = shape.heads * floatBytes;
  const batch =
    runtime === "embedded" ? batchTokens({ flash, scoreBytes, contextTokens: context }) : serverBatchTokens;
  return { shape, flash, contextTokens: context, batchTokens: Math.min(batch, context) };
}

/** What the processor multiplies it copies to another type: attention scores to 16 bits, activations to eight. */
function workBytes(load: LoadSize, way: LoadWay): number {
  const { shape, flash, contextTokens, batchTokens: batch } = computationOf(load, way);
  const scores = flash ? 0 : 2 * shape.heads * contextTokens;
  return batch * Math.max(scores, shape.feedForward * valueBytes.q8_0);
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
