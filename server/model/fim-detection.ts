/**
 * Decides how a GGUF model fills in the middle. The tokens alone prove nothing: R1 distills and plain
 * chat models carry the tokens of their base's tokenizer and were never trained on them. So a family
 * needs its tokens, and besides a name known for it or a file that declares them.
 */

import { basename } from "node:path";
import { type FimFamilyId, fimFamilies } from "./fim.ts";
import type { GgufHeader } from "./gguf-header.ts";

export type FimEvidence = Pick<GgufHeader, "name" | "knownTokens" | "declaresFim">;

interface Rule {
  readonly family: FimFamilyId;
  readonly names: RegExp;
}

/** First match wins, so that families which share tokens are told apart by name. */
const rules: readonly Rule[] = [
  { family: "mellum", names: /mellum/i },
  { family: "codestral", names: /codestral/i },
  { family: "seed", names: /seed[-_ ]?coder/i },
  { family: "codegemma", names: /codegemma/i },
  { family: "starcoder", names: /starcoder|stable[-_ ]?code|granite.*code|refact/i },
  { family: "deepseek", names: /deepseek[-_ ]?coder/i },
  { family: "qwen", names: /qwen.*coder|codeqwen|seedling/i },
];

/** Trained to reason, on answers only: what their base knew of the middle is lost. */
const reasoners = /deepseek[-_ ]?r1|\br1\b|r1[-_ ]distill|\bqwq\b/i;

export function detectFim(model: FimEvidence, path: string): FimFamilyId | undefined {
  const names = [model.name ?? "", basename(path)];
  const named = familyByName(names);
  if (named && hasTokens(model, named)) return named;
  if (!model.declaresFim || isReasoner(names)) return undefined;
  return declared.find((family) => hasTokens(model, family));
}

/** The family that is known by one of these names; whether the model has its tokens is another question. */
export function familyByName(names: readonly string[]): FimFamilyId | undefined {
  if (isReasoner(names)) return undefined;
  return rules.find((rule) => names.some((name) => rule.names.test(name)))?.family;
}

function isReasoner(names: readonly string[]): boolean {
  return names.some((name) => reasoners.test(name));
}

/** In which order to try the families of a file that declares its tokens and has no known name. */
const declared: readonly FimFamilyId[] = ["qwen", "deepseek", "seed", "starcoder", "codestral"];

function hasTokens(model: FimEvidence, id: FimFamilyId): boolean {
  const { prefix, suffix, middle } = fimFamilies[id];
  return [prefix, suffix, middle].every((token) => token === undefined || model.knownTokens.has(token));
}

/** Whether it has a form for a conversation: a template, or the one that is known of its name. */
export function detectChat(model: Pick<GgufHeader, "chatTemplate" | "name">, path: string): boolean {
  return model.chatTemplate !== undefined || isReasoner([model.name ?? "", basename(path)]);
}

/** Whether the model answers with reasoning first. */
export function detectReasoning(model: Pick<GgufHeader, "chatTemplate" | "name">, path: string): boolean {
  if (model.chatTemplate !== undefined) return model.chatTemplate.includes("<think>");
  return isReasoner([model.name ?? "", basename(path)]);
}
