/** What stands round the cursor, in tokens: what a guess continues, and what it has to fit. */

import { maskSecrets } from "../../security/mask-secrets.ts";
import { endOfLine, startOfLine } from "./line-bounds.ts";
import { bracketsAfter } from "./mixer.ts";
import { longestContext } from "./token-index.ts";
import { idMask, isWordCode, TokenBuffer, tokenize } from "./tokenizer.ts";
import { isBreak, special, type Vocabulary } from "./vocabulary.ts";

export interface LineSite {
  /** Ids before the cursor and before the word that touches it, oldest first; at most `longestContext`. */
  readonly before: readonly number[];
  /** The brackets that the line opened before that, and has not closed, innermost last. */
  readonly open: string;
  /** The word that ends at the cursor; empty when there is none. */
  readonly typed: string;
  /** The cursor's line up to the cursor. */
  readonly linePrefix: string;
  /** Where `typed` starts, and where the cursor's line ends. */
  readonly wordStart: number;
  readonly lineEnd: number;
  /** What stands behind the cursor on its line, trimmed. */
  readonly rest: string;
  /** Ids that must follow the guess: `rest`, the line break, and the first tokens behind it. */
  readonly after: readonly number[];
  /** The character before the cursor, a space at the start of the text. */
  readonly lastCode: number;
  /** Whether only white space stands before the cursor on its line. */
  readonly lineStart: boolean;
}

/** Characters read before and behind the cursor. */
const reach = 4000;
const tokensAfterLine = 3;

export function lineSite(text: string, offset: number, vocabulary: Vocabulary): LineSite {
  const start = startOfLine(text, offset);
  const lineEnd = endOfLine(text, offset);
  let wordStart = offset;
  while (wordStart > start && isWordCode(text.charCodeAt(wordStart - 1))) wordStart--;
  const rest = text.slice(offset, lineEnd).trim();
  const before = idsBefore(text, wordStart, vocabulary);
  return {
    before,
    open: openBrackets(before, vocabulary),
    typed: text.slice(wordStart, offset),
    linePrefix: text.slice(Math.max(start, offset - reach), offset),
    wordStart,
    lineEnd,
    rest,
    after: idsAfter(text, { start, offset, lineEnd }, vocabulary),
    lastCode: offset > 0 ? text.charCodeAt(offset - 1) : 32,
    lineStart: text.slice(start, offset).trim() === "",
  };
}

function idsBefore(text: string, end: number, vocabulary: Vocabulary): number[] {
  const from = end > reach ? startOfLine(text, end - reach) : 0;
  const start = Math.max(from, end - 2 * reach);
  const buffer = new TokenBuffer();
  if (start === 0) buffer.push(special.fileStart, 0);
  tokenize(maskSecrets(text.slice(start, end)), vocabulary, buffer);
  return idsOf(buffer, Math.max(0, buffer.length - longestContext), buffer.length);
}

/** The line is read from its start, since the break behind it tells the change of indentation. */
function idsAfter(
  text: string,
  line: { readonly start: number; readonly offset: number; readonly lineEnd: number },
  vocabulary: Vocabulary,
): number[] {
  const buffer = new TokenBuffer();
  const start = Math.max(line.start, line.offset - reach);
  tokenize(maskSecrets(text.slice(start, line.lineEnd + reach)), vocabulary, buffer);
  let first = 0;
  while (first < buffer.length && (buffer.starts[first] ?? 0) + start < line.offset) first++;
  let end = first;
  while (end < buffer.length && (buffer.starts[end] ?? 0) + start < line.lineEnd) end++;
  if (end === buffer.length) return [...idsOf(buffer, first, end), special.breakSame];
  return idsOf(buffer, first, Math.min(buffer.length, end + 1 + tokensAfterLine));
}

function idsOf(buffer: TokenBuffer, from: number, to: number): number[] {
  return Array.from(buffer.ids.subarray(from, to), (id) => id & idMask);
}

function openBrackets(ids: readonly number[], vocabulary: Vocabulary): string {
  let open = "";
  for (let i = ids.findLastIndex(isBreak) + 1; i < ids.length; i++) {
    open = bracketsAfter(open, vocabulary.textOf(ids[i] ?? 0));
  }
  return open;
}
