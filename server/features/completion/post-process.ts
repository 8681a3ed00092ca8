/** From what a source wrote to what may be shown: a list of pure steps, each of which may refuse. */

import { hiddenCharacters } from "../../security/hidden-characters.ts";
import { writesSecret } from "../../security/secrets.ts";
import type { SkipReason } from "./completion-outcome.ts";
import { closersOnly, type LineShape } from "./line-shape.ts";

export interface ShownPlace {
  readonly shape: LineShape;
  readonly nextLine: string;
  readonly eol: "\n" | "\r\n";
  /** Control tokens of the source's model: spelt out in an answer, they end it. */
  readonly controlTokens: readonly string[];
}

export type Refusal = Extract<SkipReason, "blank" | "duplicate" | "secret" | "hidden-characters">;

export type PostProcessed =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "refused"; readonly reason: Refusal };

type Step = (text: string, place: ShownPlace) => string | { readonly refused: Refusal };

const steps: readonly Step[] = [
  cutAtControlToken,
  unifyLineBreaks,
  trimEnd,
  trimOverlap,
  refuseBlank,
  refuseDuplicate,
  refuseHidden,
  refuseSecret,
  fileLineBreaks,
];

export function postProcess(raw: string, place: ShownPlace): PostProcessed {
  let current = raw;
  for (const step of steps) {
    const result = step(current, place);
    if (typeof result !== "string") return { kind: "refused", reason: result.refused };
    current = result;
  }
  return { kind: "text", text: current };
}

/** A model that spells a control token in plain characters has ended its answer there. */
function cutAtControlToken(text: string, place: ShownPlace): string {
  const starts = place.controlTokens.map((token) => text.indexOf(token)).filter((at) => at >= 0);
  return text.slice(0, Math.min(text.length, ...starts));
}

function unifyLineBreaks(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
}

/** White space at the end; and, before a suffix that begins with white space, nothing is lost by it. */
function trimEnd(text: string): string {
  return text.replace(/\s+$/, "");
}

/** The answer's end that the rest of the cursor's line says already: `x)` before `)` becomes `x`. */
function trimOverlap(text: string, place: ShownPlace): string {
  const after = place.shape.after.trimEnd();
  if (after.trim() === "") return text;
  if (closersOnly.test(after)) return trimClosers(text, after.trim());
  for (let length = Math.min(after.length, text.length); length > 0; length--) {
    if (text.endsWith(after.slice(0, length)) && (length > 1 || /\W/.test(after[0] ?? ""))) {
      return text.slice(0, text.length - length);
    }
  }
  return text;
}

/** Drops trailing closers of `text` that have no opener in it and stand after the cursor anyway. */
function trimClosers(text: string, after: string): string {
  for (let length = Math.min(after.length, text.length); length > 0; length--) {
    const closers = after.slice(0, length);
    if (text.endsWith(closers) && !balancedWith(text, closers)) return text.slice(0, -length);
  }
  return text;
}

const openers: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/** Whether each bracket of `closers` at the end of `text` closes one that `text` itself opened. */
function balancedWith(text: string, closers: string): boolean {
  return closers.split("").every((closer) => {
    const opener = openers[closer];
    if (opener === undefined) return false;
    return text.split(opener).length >= text.split(closer).length;
  });
}

function refuseBlank(text: string): string | { readonly refused: Refusal } {
  return text.trim() === "" ? { refused: "blank" } : text;
}

/** The line below again is noise: the person would have two of it. */
function refuseDuplicate(text: string, place: ShownPlace): string | { readonly refused: Refusal } {
  const line = (place.shape.before + text).trim();
  return line.length > 2 && line === place.nextLine ? { refused: "duplicate" } : text;
}

function refuseHidden(text: string): string | { readonly refused: Refusal } {
  return hiddenCharacters.test(text) ? { refused: "hidden-characters" } : text;
}

function refuseSecret(text: string, place: ShownPlace): string | { readonly refused: Refusal } {
  return writesSecret(place.shape.before, text) ? { refused: "secret" } : text;
}

function fileLineBreaks(text: string, place: ShownPlace): string {
  return place.eol === "\n" ? text : text.replaceAll("\n", place.eol);
}
