/** Reads the metadata of a GGUF header, keeping only what we use; arrays are passed over, not held. */

import type { ByteCursor } from "./byte-cursor.ts";
import { cardSampling, ggufNames } from "./card-sampling.ts";
import { fimFamilies, fimFamilyIds, fimStops } from "./fim.ts";
import type { GgufHeader } from "./gguf-header.ts";
import { RuntimeError } from "./runtime-error.ts";

export interface Metadata {
  readonly alignment: number;
  readonly model: Omit<
    GgufHeader,
    "version" | "tensors" | "parameters" | "weightBytes" | "fileBytes" | "digest"
  >;
}

type Value = number | string | boolean;

/** Strings longer than this are no metadata that a model needs (the longest templates have 20 KB). */
const mostStringBytes = 1024 * 1024;
const mostTokenBytes = 64 * 1024;
/** What is held of one header at most, keys and texts together; real ones come to some 50 KB. */
const mostHeldBytes = 16 * 1024 * 1024;
/** The largest vocabularies have 300,000 tokens, with twice as many merges. */
const mostArrayEntries = 8 * 1024 * 1024;
const kinds = { u8: 0, i8: 1, u16: 2, i16: 3, u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 };
/** Bytes of the fixed-size kinds, by kind; 10 to 12 are 64-bit unsigned, signed and float. */
const sizes = [1, 1, 2, 2, 4, 4, 4, 1, undefined, undefined, 8, 8, 8];

const chatTokens = ["<｜User｜>", "<｜Assistant｜>", "<think>", "</think>", "<|im_start|>"];
const wanted: ReadonlySet<string> = new Set([
  ...chatTokens,
  ...fimFamilyIds.flatMap((id) => fimStops(fimFamilies[id])),
]);

interface Collected {
  readonly values: Map<string, Value>;
  readonly knownTokens: Map<string, number>;
  vocabulary: number;
  heldBytes: number;
}

export async function readMetadata(cursor: ByteCursor, count: number): Promise<Metadata> {
  const collected = await collect(cursor, count);
  return { alignment: alignmentOf(collected.values), model: describe(collected) };
}

/** Of a file that is one of several: only the first says what model it is. */
export async function readAlignment(cursor: ByteCursor, count: number): Promise<number> {
  return alignmentOf((await collect(cursor, count)).values);
}

async function collect(cursor: ByteCursor, count: number): Promise<Collected> {
  const collected: Collected = { values: new Map(), knownTokens: new Map(), vocabulary: 0, heldBytes: 0 };
  for (let index = 0; index < count; index++) {
    const key = await readString(cursor, 65_535);
    await cursor.need(4);
    const kind = cursor.u32();
    if (kind === kinds.array) await readArray(cursor, key, collected);
    else hold(collected, key, await readValue(cursor, kind, key));
  }
  return collected;
}

function hold(collected: Collected, key: string, value: Value): void {
  if (collected.values.has(key))
    throw new RuntimeError("model-invalid", "The model file gives {0} twice.", { values: [key] });
  collected.heldBytes += key.length + (typeof value === "string" ? value.length : 0);
  if (collected.heldBytes > mostHeldBytes)
    throw new RuntimeError("model-invalid", "The model file has too much metadata to be a model.");
  collected.values.set(key, value);
}

function describe({ values, knownTokens, vocabulary }: Collected): Metadata["model"] {
  const architecture = values.get("general.architecture");
  if (typeof architecture !== "string" || architecture === "") {
    throw new RuntimeError("model-invalid", "The model file does not name its architecture.");
  }
  const kind = values.get("general.type");
  if (kind !== undefined && kind !== "model") {
    throw new RuntimeError("model-unsupported", "The file holds no language model but: {0}.", {
      values: [String(kind)],
    });
  }
  const count = (name: string, fallback?: number): number => {
    const value = values.get(`${architecture}.${name}`) ?? fallback;
    if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
    throw value === undefined
      ? new RuntimeError(
          "model-unsupported",
          "The architecture {0} is not a language model that can be run: it has no {1}.",
          { values: [architecture, name] },
        )
      : new RuntimeError("model-invalid", "The model file gives {0} as {1}.", {
          values: [`${architecture}.${name}`, String(value)],
        });
  };
  const embeddingLength = count("embedding_length");
  const heads = count("attention.head_count", 1);
  const headLength = Math.ceil(embeddingLength / heads);
  return {
    architecture,
    name: textOf(values, "general.name") ?? textOf(values, "general.basename"),
    trainedContextTokens: count("context_length"),
    embeddingLength,
    layers: count("block_count"),
    heads,
    kvHeads: count("attention.head_count_kv", heads),
    keyLength: count("attention.key_length", headLength),
    valueLength: count("attention.value_length", headLength),
    ...feedForwardOf(values, architecture, { fallback: 4 * embeddingLength }),
    latentLength: latentLengthOf(values, architecture),
    vocabulary: count("vocab_size", vocabulary),
    chatTemplate: textOf(values, "tokenizer.chat_template"),
    knownTokens,
    embeds: vectorPoolings.has(values.get(`${architecture}.pooling_type`)),
    declaresFim: ["pre", "suf"].every((part) => values.has(`tokenizer.ggml.fim_${part}_token_id`)),
    sampling: cardSampling((name) => values.get(`general.sampling.${ggufNames[name]}`)),
  };
}

/** Mean, first and last token (`llama_pooling_type` of llama.cpp's llama.h); what only ranks gives no vector. */
const vectorPoolings: ReadonlySet<unknown> = new Set([1, 2, 3]);

/** Only what a plan reckons with: what is missing or strange here keeps no model from being loaded. */
function feedForwardOf(
  values: ReadonlyMap<string, Value>,
  architecture: string,
  { fallback }: { readonly fallback: number },
): Pick<GgufHeader, "feedForwardLength" | "experts"> {
  const length = (name: string) => lengthOf(values, `${architecture}.${name}`);
  const feedForwardLength = length("feed_forward_length") ?? fallback;
  const count = length("expert_count");
  const used = length("expert_used_count");
  const feedForward = length("expert_feed_forward_length") ?? feedForwardLength;
  return { feedForwardLength, experts: count && used ? { count, used, feedForward } : undefined };
}

/** Files without the keys of latent attention, older ones of DeepSeek's architecture, keep all keys and values. */
function latentLengthOf(values: ReadonlyMap<string, Value>, architecture: string): number | undefined {
  const rank = lengthOf(values, `${architecture}.attention.kv_lora_rank`);
  const rotary = lengthOf(values, `${architecture}.rope.dimension_count`);
  const latent = lengthOf(values, `${architecture}.attention.key_length_mla`) !== undefined;
  return latent && rank && rotary ? rank + rotary : undefined;
}

function lengthOf(values: ReadonlyMap<string, Value>, key: string): number | undefined {
  const value = values.get(key);
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value < 1e9 ? value : undefined;
}

async function readArray(cursor: ByteCursor, key: string, collected: Collected): Promise<void> {
  await cursor.need(12);
  const kind = cursor.u32();
  const length = cursor.u64();
  const size = kind === kinds.string ? 8 : sizes[kind];
  if (size === undefined)
    throw new RuntimeError("model-invalid", "The model file gives {0} as an array of kind {1}.", {
      values: [key, kind],
    });
  if (length * BigInt(size) > BigInt(cursor.remaining) || length > BigInt(mostArrayEntries)) {
    throw new RuntimeError(
      "model-invalid",
      "The model file claims {0} entries in {1}, which cannot fit in it.",
      { values: [String(length), key] },
    );
  }
  if (key === "tokenizer.ggml.tokens") {
    if (kind !== kinds.string || collected.vocabulary > 0)
      throw new RuntimeError("model-invalid", "The model file has a bad vocabulary.");
    collected.vocabulary = Number(length);
    await readTokens(cursor, collected);
  } else if (kind === kinds.string) {
    for (let index = 0; index < Number(length); index++) await skipString(cursor);
  } else cursor.skip(Number(length) * size);
}

async function readTokens(cursor: ByteCursor, collected: Collected): Promise<void> {
  for (let id = 0; id < collected.vocabulary; id++) {
    const token = await readString(cursor, mostTokenBytes);
    if (wanted.has(token)) collected.knownTokens.set(token, id);
  }
}

async function readString(cursor: ByteCursor, most: number): Promise<string> {
  if (!cursor.has(8)) await cursor.need(8);
  const length = cursor.u64();
  if (length > BigInt(most))
    throw new RuntimeError("model-invalid", "The model file holds a text of {0} bytes in its header.", {
      values: [String(length)],
    });
  const bytes = Number(length);
  if (!cursor.has(bytes)) await cursor.need(bytes);
  return cursor.text(bytes);
}

async function skipString(cursor: ByteCursor): Promise<void> {
  if (!cursor.has(8)) await cursor.need(8);
  const length = cursor.u64();
  if (length > BigInt(cursor.remaining))
    throw new RuntimeError("model-invalid", "The model file's header runs beyond its end.");
  cursor.skip(Number(length));
}

async function readValue(cursor: ByteCursor, kind: number, key: string): Promise<Value> {
  if (kind === kinds.string) return readString(cursor, mostStringBytes);
  const size = sizes[kind];
  if (size === undefined)
    throw new RuntimeError("model-invalid", "The model file gives {0} in the unknown kind {1}.", {
      values: [key, kind],
    });
  await cursor.need(size);
  if (kind === kinds.f32) return cursor.f32();
  if (kind === kinds.bool) return cursor.u8() !== 0;
  if (kind === 12) return cursor.f64();
  if (size === 8) return Number(cursor.u64());
  if (size === 4) return kind === kinds.i32 ? cursor.i32() : cursor.u32();
  const low = cursor.u8();
  return size === 2 ? low + cursor.u8() * 256 : low;
}

function alignmentOf(values: ReadonlyMap<string, Value>): number {
  const alignment = values.get("general.alignment") ?? 32;
  const power = typeof alignment === "number" && Number.isInteger(Math.log2(alignment));
  if (!power || alignment < 1 || alignment > 65_536) {
    throw new RuntimeError("model-invalid", "The model file gives {0} as the alignment of its tensors.", {
      values: [String(alignment)],
    });
  }
  return alignment;
}

function textOf(values: ReadonlyMap<string, Value>, key: string): string | undefined {
  const value = values.get(key);
  return typeof value === "string" && value !== "" ? value : undefined;
}
