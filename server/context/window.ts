/**
 * The text round the cursor that fits a token budget, counted with the model's own tokenizer.
 *
 * The prefix begins at a block boundary of `blockLines` lines, so that it stays the same while a person
 * types and the KV cache of a prefix-first prompt is reused; it moves by a whole block at a time.
 */

import type { Snapshot } from "../text/snapshot.ts";

export interface WindowBudget {
  readonly prefixTokens: number;
  readonly suffixTokens: number;
}

export interface Window {
  readonly prefix: string;
  readonly suffix: string;
  /** First line of the prefix and last line of the suffix, from 0. */
  readonly startLine: number;
  readonly endLine: number;
  readonly prefixTokens: number;
  readonly suffixTokens: number;
  /** Whether text of the document was left out before or after. */
  readonly cut: { readonly before: boolean; readonly after: boolean };
}

export type CountTokens = (text: string) => Promise<number>;

/** Lines in one block: small enough to fill a budget well, large enough that the start seldom moves. */
const blockLines = 32;
/** No tokenizer packs more characters into a token on average over code; it bounds what is ever counted. */
const maxCharsPerToken = 8;

export async function cutWindow(
  snapshot: Snapshot,
  offset: number,
  budget: WindowBudget,
  count: CountTokens,
): Promise<Window> {
  const [before, after] = await Promise.all([
    cutPrefix(snapshot, offset, budget.prefixTokens, count),
    cutSuffix(snapshot, offset, budget.suffixTokens, count),
  ]);
  return {
    prefix: snapshot.text.slice(before.start, offset),
    suffix: snapshot.text.slice(offset, after.end),
    startLine: snapshot.positionAt(before.start).line,
    endLine: snapshot.positionAt(after.end).line,
    prefixTokens: before.tokens,
    suffixTokens: after.tokens,
    cut: { before: before.start > 0, after: after.end < snapshot.text.length },
  };
}

interface CutPrefix {
  readonly start: number;
  readonly tokens: number;
}

async function cutPrefix(
  snapshot: Snapshot,
  offset: number,
  budget: number,
  count: CountTokens,
): Promise<CutPrefix> {
  const floor = Math.max(0, offset - budget * maxCharsPerToken);
  let start = offset;
  let tokens = 0;
  while (start > floor) {
    const blockStart = Math.max(floor, previousBlockStart(snapshot, start));
    const blockTokens = await count(snapshot.text.slice(blockStart, start));
    if (tokens + blockTokens > budget) {
      if (start < offset) break;
      return cutInside(snapshot.text.slice(blockStart, start), offset, budget, count);
    }
    tokens += blockTokens;
    start = blockStart;
  }
  return { start, tokens };
}

/** The start of the block that holds the character before `offset`. */
function previousBlockStart(snapshot: Snapshot, offset: number): number {
  const line = snapshot.positionAt(offset - 1).line;
  return snapshot.lineStart(line - (line % blockLines));
}

/** The end of `block` that fits, where one block alone is too long. */
async function cutInside(
  block: string,
  offset: number,
  budget: number,
  count: CountTokens,
): Promise<CutPrefix> {
  let kept = block;
  let tokens = await count(kept);
  while (tokens > budget && kept.length > 0) {
    const length = Math.floor((kept.length * budget * 0.9) / tokens);
    kept = wholeCharactersFrom(kept, kept.length - length);
    tokens = await count(kept);
  }
  return { start: offset - kept.length, tokens };
}

interface CutSuffix {
  readonly end: number;
  readonly tokens: number;
}

async function cutSuffix(
  snapshot: Snapshot,
  offset: number,
  budget: number,
  count: CountTokens,
): Promise<CutSuffix> {
  let kept = wholeCharactersTo(snapshot.text, offset, offset + budget * maxCharsPerToken);
  let tokens = kept === "" ? 0 : await count(kept);
  while (tokens > budget && kept.length > 0) {
    const shorter = Math.floor((kept.length * budget * 0.95) / tokens);
    kept = endAtLine(wholeCharactersTo(kept, 0, shorter));
    tokens = kept === "" ? 0 : await count(kept);
  }
  return { end: offset + kept.length, tokens };
}

/** Drops a last line that was cut in its middle, unless it is the only one. */
function endAtLine(text: string): string {
  const newline = text.lastIndexOf("\n");
  return newline > 0 ? text.slice(0, newline + 1) : text;
}

function wholeCharactersFrom(text: string, from: number): string {
  return text.slice(isLowSurrogate(text.charCodeAt(from)) ? from + 1 : from);
}

function wholeCharactersTo(text: string, from: number, to: number): string {
  const end = Math.min(to, text.length);
  return text.slice(from, end < text.length && isLowSurrogate(text.charCodeAt(end)) ? end - 1 : end);
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
