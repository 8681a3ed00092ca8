/** Writes GGUF version 3 with tensors that are nearly all zero: the zeros are holes in the file. */

import { type FileHandle, open } from "node:fs/promises";

export type MetadataEntry =
  | readonly [key: string, kind: "string", value: string]
  | readonly [key: string, kind: "u16" | "u32" | "i32" | "f32", value: number]
  | readonly [key: string, kind: "bool", value: boolean]
  | readonly [key: string, kind: "strings", value: readonly string[]]
  | readonly [key: string, kind: "i32s", value: readonly number[]];

export interface Tensor {
  readonly name: string;
  readonly type: "F32" | "F16" | "Q8_0";
  /** Fastest dimension first. */
  readonly shape: readonly number[];
  /** What is not zero. */
  readonly values: readonly { readonly at: number; readonly value: number }[];
}

export interface GgufContent {
  readonly metadata: readonly MetadataEntry[];
  readonly tensors: readonly Tensor[];
}

const alignment = 32;
const types = {
  F32: { id: 0, bytes: 4 },
  F16: { id: 1, bytes: 2 },
  Q8_0: { id: 8, bytes: 34 / 32 },
} as const;

export async function writeGguf(path: string, content: GgufContent): Promise<void> {
  const { header, offsets, size } = layOut(content);
  const file = await open(path, "w");
  try {
    await file.write(header, 0, header.length, 0);
    await file.truncate(header.length + size);
    for (const [index, tensor] of content.tensors.entries()) {
      await writeValues(file, tensor, header.length + (offsets[index] ?? 0));
    }
  } finally {
    await file.close();
  }
}

/** As gguf-split does it: what the model is stands in the first file alone. Returns the paths in order. */
export async function writeSplitGguf(stem: string, content: GgufContent, count: number): Promise<string[]> {
  const { metadata, tensors } = content;
  const each = Math.ceil(tensors.length / count);
  const five = (value: number) => String(value).padStart(5, "0");
  const paths = Array.from({ length: count }, (_, at) => `${stem}-${five(at + 1)}-of-${five(count)}.gguf`);
  for (const [at, path] of paths.entries()) {
    const split: readonly MetadataEntry[] = [
      ["split.no", "u16", at],
      ["split.count", "u16", count],
      ["split.tensors.count", "i32", tensors.length],
    ];
    const part = tensors.slice(at * each, (at + 1) * each);
    await writeGguf(path, { metadata: at === 0 ? [...metadata, ...split] : split, tensors: part });
  }
  return paths;
}

/** The bytes of the header, padded to where the tensors begin. */
export function ggufHeader(content: GgufContent): Buffer {
  return layOut(content).header;
}

function layOut({ metadata, tensors }: GgufContent): { header: Buffer; offsets: number[]; size: number } {
  const offsets: number[] = [];
  let size = 0;
  for (const tensor of tensors) {
    offsets.push(size);
    size += align(elements(tensor) * types[tensor.type].bytes);
  }
  const header = Buffer.concat([
    Buffer.from("GGUF"),
    u32(3),
    u64(tensors.length),
    u64(metadata.length),
    ...metadata.map(entryBytes),
    ...tensors.map((tensor, index) => tensorBytes(tensor, offsets[index] ?? 0)),
  ]);
  const padded = Buffer.alloc(align(header.length));
  header.copy(padded);
  return { header: padded, offsets, size };
}

async function writeValues(file: FileHandle, tensor: Tensor, start: number): Promise<void> {
  const { bytes } = types[tensor.type];
  if (tensor.shape.length === 1) {
    const row = Buffer.alloc(elements(tensor) * bytes);
    for (const { at, value } of tensor.values) row.writeFloatLE(value, at * bytes);
    if (tensor.values.length > 0) await file.write(row, 0, row.length, start);
    return;
  }
  for (const { at, value } of tensor.values) {
    const cell = tensor.type === "F32" ? f32(value) : half(value);
    await file.write(cell, 0, cell.length, start + at * bytes);
  }
}

function entryBytes(entry: MetadataEntry): Buffer {
  const [key, kind] = entry;
  switch (kind) {
    case "string":
      return Buffer.concat([text(key), u32(8), text(entry[2])]);
    case "u16":
      return Buffer.concat([text(key), u32(2), u32(entry[2]).subarray(0, 2)]);
    case "i32":
      return Buffer.concat([text(key), u32(5), u32(entry[2])]);
    case "u32":
      return Buffer.concat([text(key), u32(4), u32(entry[2])]);
    case "f32":
      return Buffer.concat([text(key), u32(6), f32(entry[2])]);
    case "bool":
      return Buffer.concat([text(key), u32(7), Buffer.from([entry[2] ? 1 : 0])]);
    case "strings":
      return Buffer.concat([text(key), u32(9), u32(8), u64(entry[2].length), ...entry[2].map(text)]);
    case "i32s":
      return Buffer.concat([text(key), u32(9), u32(5), u64(entry[2].length), ...entry[2].map(u32)]);
  }
}

function tensorBytes(tensor: Tensor, offset: number): Buffer {
  const { id } = types[tensor.type];
  return Buffer.concat([
    text(tensor.name),
    u32(tensor.shape.length),
    ...tensor.shape.map(u64),
    u32(id),
    u64(offset),
  ]);
}

function elements(tensor: Tensor): number {
  return tensor.shape.reduce((product, size) => product * size, 1);
}

function align(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

/** Powers of two from 1, which are all that a script needs. */
function half(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE((15 + Math.log2(value)) << 10);
  return bytes;
}
