/**
 * Fill-in-the-middle prompt forms, one row per model family. The tokens are those of the models' own
 * tokenizers and papers: Bavarian et al. 2022 (prefix-suffix-middle and suffix-prefix-middle orders),
 * and each family's model card.
 */

import { control, type PromptPiece, text } from "./prompt.ts";

export const fimFamilyIds = [
  "qwen",
  "deepseek",
  "codestral",
  "starcoder",
  "codegemma",
  "seed",
  "mellum",
] as const;
export type FimFamilyId = (typeof fimFamilyIds)[number];

export interface FimFamily {
  readonly id: FimFamilyId;
  readonly prefix: string;
  readonly suffix: string;
  /** Stands before the answer; left out where the answer follows the prefix. */
  readonly middle?: string;
  /** Which comes first in the prompt. `suffix` keeps the KV cache of the suffix while a person types. */
  readonly first: "prefix" | "suffix";
  /** Tokens for repository and file, where the family was trained on them. */
  readonly repository?: string;
  readonly file?: string;
  /** The prompt begins with the file token and the path. */
  readonly begins?: "path";
  /** Further control tokens that end an answer, beside the ones above. */
  readonly ends: readonly string[];
}

export const fimFamilies: Readonly<Record<FimFamilyId, FimFamily>> = {
  qwen: {
    id: "qwen",
    prefix: "<|fim_prefix|>",
    suffix: "<|fim_suffix|>",
    middle: "<|fim_middle|>",
    first: "prefix",
    repository: "<|repo_name|>",
    file: "<|file_sep|>",
    ends: ["<|fim_pad|>", "<|endoftext|>", "<|im_end|>"],
  },
  deepseek: {
    id: "deepseek",
    prefix: "<｜fim▁begin｜>",
    suffix: "<｜fim▁hole｜>",
    middle: "<｜fim▁end｜>",
    first: "prefix",
    ends: ["<｜end▁of▁sentence｜>"],
  },
  codestral: {
    id: "codestral",
    prefix: "[PREFIX]",
    suffix: "[SUFFIX]",
    first: "suffix",
    ends: ["</s>"],
  },
  starcoder: {
    id: "starcoder",
    prefix: "<fim_prefix>",
    suffix: "<fim_suffix>",
    middle: "<fim_middle>",
    first: "prefix",
    repository: "<repo_name>",
    file: "<file_sep>",
    ends: ["<|endoftext|>", "<fim_pad>"],
  },
  codegemma: {
    id: "codegemma",
    prefix: "<|fim_prefix|>",
    suffix: "<|fim_suffix|>",
    middle: "<|fim_middle|>",
    first: "prefix",
    file: "<|file_separator|>",
    ends: ["<eos>", "<end_of_turn>"],
  },
  seed: {
    id: "seed",
    prefix: "<[fim-prefix]>",
    suffix: "<[fim-suffix]>",
    middle: "<[fim-middle]>",
    first: "suffix",
    ends: ["<[end▁of▁sentence]>"],
  },
  mellum: {
    id: "mellum",
    prefix: "<fim_prefix>",
    suffix: "<fim_suffix>",
    middle: "<fim_middle>",
    first: "suffix",
    file: "<filename>",
    begins: "path",
    ends: ["<|endoftext|>", "<fim_pad>"],
  },
};

export interface FimParts {
  readonly prefix: string;
  readonly suffix: string;
  /** The path that a family whose prompts begin with one is told. */
  readonly path?: string;
}

/** The prompt in the family's order; the answer is what the model writes after it. */
export function renderFim(family: FimFamily, parts: FimParts): readonly PromptPiece[] {
  const prefix = [control(family.prefix), text(parts.prefix)];
  const suffix = [control(family.suffix), text(parts.suffix)];
  const ordered = family.first === "suffix" ? [...suffix, ...prefix] : [...prefix, ...suffix];
  const middle = family.middle === undefined ? [] : [control(family.middle)];
  const named = family.begins === "path" && family.file !== undefined && parts.path !== undefined;
  const header = named ? [control(family.file), text(`${parts.path}\n`)] : [];
  return [...header, ...ordered, ...middle];
}

/** Every control token that ends an answer of the family. Never `//`, never a blank line. */
export function fimStops(family: FimFamily): readonly string[] {
  const own = [family.prefix, family.suffix, family.middle, family.repository, family.file];
  return [...own.filter((token) => token !== undefined), ...family.ends];
}
