/** A small sound GGUF header, and ways to break it. */

import { ggufHeader, type MetadataEntry, type Tensor } from "./gguf-writer.ts";

export const soundMetadata: readonly MetadataEntry[] = [
  ["general.architecture", "string", "qwen2"],
  ["general.name", "string", "Sound"],
  ["qwen2.context_length", "u32", 4096],
  ["qwen2.embedding_length", "u32", 64],
  ["qwen2.block_count", "u32", 2],
  ["qwen2.attention.head_count", "u32", 2],
  ["qwen2.attention.head_count_kv", "u32", 1],
  ["tokenizer.ggml.tokens", "strings", ["a", "b", "<think>", "<|fim_prefix|>"]],
  ["tokenizer.ggml.token_type", "i32s", [1, 1, 4, 3]],
  ["tokenizer.ggml.add_bos_token", "bool", false],
];

const soundTensors: readonly Tensor[] = [
  { name: "token_embd.weight", type: "F32", shape: [64, 4], values: [] },
  { name: "output.weight", type: "Q8_0", shape: [64, 4], values: [] },
];

export interface Changes {
  readonly metadata?: readonly MetadataEntry[];
  readonly tensors?: readonly Tensor[];
  /** Bytes of tensor data after the header; what the tensors need when left out. */
  readonly data?: number;
}

export function ggufBytes({ metadata = soundMetadata, tensors = soundTensors, data }: Changes = {}): Buffer {
  const header = ggufHeader({ metadata, tensors });
  return Buffer.concat([header, Buffer.alloc(data ?? 64 * 4 * 4 + 64 * 4 * 2)]);
}

/** Metadata with one entry replaced, added or (without a value) left out. */
export function withEntry(key: string, entry?: MetadataEntry): readonly MetadataEntry[] {
  const others = soundMetadata.filter(([name]) => name !== key);
  return entry ? [...others, entry] : others;
}

/** Places of the counts in the header, which is where a hostile file lies first. */
export const countsAt = { version: 4, tensors: 8, metadata: 16 } as const;

export function patched(bytes: Buffer, at: number, value: bigint): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeBigUInt64LE(value, at);
  return copy;
}
