/**
 * A real GGUF whose next token is a fixed function of the last one: one-hot embeddings, zero attention and
 * feed-forward weights, and an output matrix that is the script. It runs in the real llama.cpp with a
 * real tokenizer, R1's chat template and the FIM tokens of Qwen and DeepSeek.
 */

import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GgufContent, type MetadataEntry, type Tensor, writeGguf } from "./gguf-writer.ts";
import { byteTokens, splitIntoSteps, stepToken } from "./scripted-steps.ts";

/** A text, or its steps one by one (bytes where a step shall end within a character). */
export type Script = string | readonly (string | Uint8Array)[];

export interface ScriptedModel {
  /** What it writes in the middle. */
  readonly infill?: Script;
  /** What it answers, reasoning and tags included: `<think>plan</think>Answer`. */
  readonly chat?: Script;
}

export interface ScriptedShape {
  readonly layers?: number;
  /** Width of the model; at least one per token of the script and of the tokenizer. */
  readonly width?: number;
  readonly feedForward?: number;
  readonly kvHeads?: number;
  /** Filled up to this many tokens with ones that never occur. */
  readonly vocabulary?: number;
  readonly weights?: "F32" | "F16" | "Q8_0";
  readonly contextTokens?: number;
  /** Elements of one key and one value of one head; 64 when left out. */
  readonly headDimension?: number;
  /** As many as the width has room for when left out; `llama` alone takes any other number. */
  readonly heads?: number;
  readonly architecture?: "qwen2" | "llama";
  /** Elements of one key, as the header gives them, whatever they are. */
  readonly keyLength?: number;
  readonly name?: string;
}

/** Writes the model once per process and returns its path; it is deleted when the process ends. */
export async function scripted(model: ScriptedModel, shape: ScriptedShape = {}): Promise<string> {
  const key = createHash("sha256")
    .update(JSON.stringify([model, shape]))
    .digest("hex")
    .slice(0, 16);
  const path = join(temporaryFolder(), `${shape.name ?? "scripted"}-${key}.gguf`);
  if (!existsSync(path)) await writeScripted(path, model, shape);
  return path;
}

export const special = {
  begin: "<｜begin▁of▁sentence｜>",
  end: "<｜end▁of▁sentence｜>",
  user: "<｜User｜>",
  assistant: "<｜Assistant｜>",
  think: "<think>",
  unthink: "</think>",
} as const;

const qwenFim = ["<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|repo_name|>", "<|file_sep|>"];
const deepseekFim = ["<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"];
const controls = [special.begin, special.end, special.user, special.assistant, ...qwenFim, ...deepseekFim];

/** DeepSeek-R1's own, without the branches for tools. */
const chatTemplate =
  "{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}" +
  "{% set ns = namespace(system_prompt='') %}{%- for message in messages %}{%- if message['role'] == 'system' %}" +
  "{% set ns.system_prompt = message['content'] %}{%- endif %}{%- endfor %}{{bos_token}}{{ns.system_prompt}}" +
  "{%- for message in messages %}{%- if message['role'] == 'user' %}{{'<｜User｜>' + message['content']}}{%- endif %}" +
  "{%- if message['role'] == 'assistant' %}{% set content = message['content'] %}{% if '</think>' in content %}" +
  "{% set content = content.split('</think>')[-1] %}{% endif %}" +
  "{{'<｜Assistant｜>' + content + '<｜end▁of▁sentence｜>'}}{%- endif %}{%- endfor -%}" +
  "{% if add_generation_prompt %}{{'<｜Assistant｜><think>\\n'}}{% endif %}";

export function writeScripted(path: string, model: ScriptedModel, shape: ScriptedShape): Promise<void> {
  return writeGguf(path, scriptedContent(model, shape));
}

export function scriptedContent(model: ScriptedModel, shape: ScriptedShape = {}): GgufContent {
  const vocabulary = new Vocabulary();
  vocabulary.script([qwenFim[1] ?? "", deepseekFim[2] ?? ""], model.infill ?? "");
  scriptChat(vocabulary, model.chat ?? "");
  const used = vocabulary.tokens.length;
  vocabulary.pad(Math.max(shape.vocabulary ?? 0, used));
  const width = Math.max(shape.width ?? 0, Math.ceil(used / 64) * 64);
  const feedForward = shape.feedForward ?? 64;
  const headDimension = shape.headDimension ?? 64;
  const heads = shape.heads ?? width / headDimension;
  const kvHeads = shape.kvHeads ?? 1;
  const layers = shape.layers ?? 1;
  const a = shape.architecture ?? "qwen2";
  return {
    metadata: [
      ["general.architecture", "string", a],
      ["general.name", "string", shape.name ?? "Scripted"],
      [`${a}.context_length`, "u32", shape.contextTokens ?? 4096],
      [`${a}.embedding_length`, "u32", width],
      [`${a}.block_count`, "u32", layers],
      [`${a}.feed_forward_length`, "u32", feedForward],
      [`${a}.attention.head_count`, "u32", heads],
      [`${a}.attention.head_count_kv`, "u32", kvHeads],
      ...lengths(a, { ...shape, ...(heads * headDimension === width ? {} : { headDimension }) }),
      [`${a}.rope.freq_base`, "f32", 1e6],
      [`${a}.attention.layer_norm_rms_epsilon`, "f32", 1e-6],
      ["tokenizer.ggml.model", "string", "gpt2"],
      ["tokenizer.ggml.pre", "string", "qwen2"],
      ["tokenizer.ggml.tokens", "strings", vocabulary.tokens],
      ["tokenizer.ggml.token_type", "i32s", vocabulary.types],
      ["tokenizer.ggml.merges", "strings", ["Ċ Ċ"]],
      ["tokenizer.ggml.bos_token_id", "u32", vocabulary.id(special.begin)],
      ["tokenizer.ggml.eos_token_id", "u32", vocabulary.id(special.end)],
      ["tokenizer.ggml.add_bos_token", "bool", false],
      ["tokenizer.ggml.fim_pre_token_id", "u32", vocabulary.id("<|fim_prefix|>")],
      ["tokenizer.ggml.fim_suf_token_id", "u32", vocabulary.id("<|fim_suffix|>")],
      ["tokenizer.ggml.fim_mid_token_id", "u32", vocabulary.id("<|fim_middle|>")],
      ["tokenizer.chat_template", "string", chatTemplate],
    ],
    tensors: tensorsOf({
      width,
      feedForward,
      queries: heads * headDimension,
      keys: kvHeads * headDimension,
      layers,
      vocabulary,
      weights: shape.weights ?? "F32",
    }),
  };
}

/** What need not be said where the heads fill the width. */
function lengths(architecture: string, { keyLength, headDimension }: ScriptedShape): MetadataEntry[] {
  const key = keyLength ?? headDimension;
  const entry = (name: string, value: number | undefined): MetadataEntry[] =>
    value === undefined ? [] : [[`${architecture}.attention.${name}`, "u32", value]];
  return [...entry("key_length", key), ...entry("value_length", headDimension)];
}

interface Plan {
  readonly width: number;
  readonly feedForward: number;
  /** Of all heads together. */
  readonly queries: number;
  readonly keys: number;
  readonly layers: number;
  readonly vocabulary: Vocabulary;
  readonly weights: "F32" | "F16" | "Q8_0";
}

function tensorsOf({ width, feedForward, queries, keys, layers, vocabulary, weights }: Plan): Tensor[] {
  const ends = weights === "F32" ? "F32" : "F16";
  const size = vocabulary.tokens.length;
  const zero = (name: string, ...shape: number[]): Tensor => ({ name, type: weights, shape, values: [] });
  const bias = (name: string, length: number): Tensor => ({ name, type: "F32", shape: [length], values: [] });
  const norm = (name: string): Tensor => ({
    name,
    type: "F32",
    shape: [width],
    values: Array.from({ length: width }, (_, at) => ({ at, value: 1 })),
  });
  const layer = (index: number): Tensor[] => {
    const p = `blk.${index}`;
    return [
      norm(`${p}.attn_norm.weight`),
      zero(`${p}.attn_q.weight`, width, queries),
      bias(`${p}.attn_q.bias`, queries),
      zero(`${p}.attn_k.weight`, width, keys),
      bias(`${p}.attn_k.bias`, keys),
      zero(`${p}.attn_v.weight`, width, keys),
      bias(`${p}.attn_v.bias`, keys),
      zero(`${p}.attn_output.weight`, queries, width),
      norm(`${p}.ffn_norm.weight`),
      zero(`${p}.ffn_gate.weight`, width, feedForward),
      zero(`${p}.ffn_up.weight`, width, feedForward),
      zero(`${p}.ffn_down.weight`, feedForward, width),
    ];
  };
  const used = Math.min(size, width);
  return [
    {
      name: "token_embd.weight",
      type: ends,
      shape: [width, size],
      values: Array.from({ length: used }, (_, token) => ({ at: token * width + token, value: 1 })),
    },
    ...Array.from({ length: layers }, (_, index) => layer(index)).flat(),
    norm("output_norm.weight"),
    {
      name: "output.weight",
      type: ends,
      shape: [width, size],
      values: Array.from({ length: used }, (_, token) => ({
        at: vocabulary.next(token) * width + token,
        value: 4,
      })),
    },
  ];
}

/** After the template's `<think>` and newline it goes on with the thought; after a closed block with the answer. */
function scriptChat(vocabulary: Vocabulary, chat: Script): void {
  if (typeof chat !== "string") return vocabulary.script([special.assistant, "Ċ"], chat);
  const [, thought, answer] = /^<think>(.*?)<\/think>(.*)$/s.exec(chat) ?? [];
  if (thought === undefined || answer === undefined)
    return vocabulary.script([special.assistant, "Ċ", "ĊĊ"], chat);
  vocabulary.script([special.unthink, "ĊĊ"], answer);
  vocabulary.link(special.assistant, special.think);
  vocabulary.script([special.think, "Ċ"], thought, special.unthink);
}

class Vocabulary {
  readonly tokens: string[] = [...byteTokens, "ĊĊ", ...controls, special.think, special.unthink];
  readonly types: number[] = this.tokens.map((token) => tokenType(token));
  readonly #ids = new Map(this.tokens.map((token, id) => [token, id]));
  readonly #next = new Map<number, number>();

  id(token: string): number {
    const id = this.#ids.get(token);
    if (id === undefined) throw new Error(`No token ${token}`);
    return id;
  }

  next(token: number): number {
    return this.#next.get(token) ?? this.id(special.end);
  }

  link(from: string, to: string): void {
    this.#next.set(this.id(from), this.id(to));
  }

  /** From each of `starts` the script's steps follow, and then `end`. */
  script(starts: readonly string[], script: Script, end: string = special.end): void {
    const steps = typeof script === "string" ? splitIntoSteps(script, this.#taken()) : script.map(stepToken);
    for (const step of steps) this.#add(step);
    for (const start of starts) this.link(start, steps[0] ?? end);
    for (const [index, step] of steps.entries()) this.link(step, steps[index + 1] ?? end);
  }

  pad(size: number): void {
    while (this.tokens.length < size) this.#add(`[unused${this.tokens.length}]`);
  }

  /** A single byte may be a step, once, unless the template ends with it. */
  #taken(): ReadonlySet<string> {
    const free = new Set(byteTokens.filter((token) => token !== "Ċ" && !this.#next.has(this.id(token))));
    return new Set(this.tokens.filter((token) => !free.has(token)));
  }

  #add(token: string): void {
    const known = this.#ids.get(token);
    // A single byte has its token already; it can be a step once.
    if (known !== undefined && !this.#next.has(known)) return;
    if (known !== undefined) throw new Error(`The step ${token} occurs twice: give longer steps`);
    this.#ids.set(token, this.tokens.length);
    this.tokens.push(token);
    this.types.push(1);
  }
}

/** llama.cpp's token types: normal 1, control 3, user defined 4. */
function tokenType(token: string): number {
  if (token === special.think || token === special.unthink) return 4;
  return controls.includes(token) ? 3 : 1;
}

let folder: string | undefined;

function temporaryFolder(): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), "hearth-scripted-"));
    process.once("exit", () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  return folder;
}
