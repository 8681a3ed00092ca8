/**
 * Text to tokens: identifiers and numbers, single punctuation marks, and line breaks with the change of
 * indentation. White space inside a line is one bit on the token after it, so that spacing never splits counts.
 * Stateless but for the indentation of the line before, which a line break needs. A masked secret is one unknown.
 */

import { maskCode } from "../../security/mask-secrets.ts";
import { isBreakCode } from "./line-bounds.ts";
import { hashStart, hashStep, special, type Vocabulary } from "./vocabulary.ts";

/** Set on a token that white space precedes. The bits below it are the token's id. */
export const spaceBit = 0x40000000;
export const idMask = 0x3fffffff;

/** Growing columns of tokens: `ids` with `spaceBit`, and the offset where each starts. */
export class TokenBuffer {
  ids = new Uint32Array(1 << 10);
  starts = new Uint32Array(1 << 10);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  push(id: number, start: number): void {
    if (this.length === this.ids.length) this.#grow();
    this.ids[this.length] = id;
    this.starts[this.length++] = start;
  }

  #grow(): void {
    const ids = new Uint32Array(this.ids.length * 2);
    const starts = new Uint32Array(this.ids.length * 2);
    ids.set(this.ids);
    starts.set(this.starts);
    this.ids = ids;
    this.starts = starts;
  }
}

/** Appends the tokens of `text`, which starts a line, each placed as if `text` stood at `offset`. */
export function tokenize(text: string, vocabulary: Vocabulary, into: TokenBuffer, offset = 0): void {
  let at = 0;
  let indent = indentOf(text, at);
  let space = 0;
  let afterBreak = true;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? (kinds[code] ?? 0) : kindBeyondAscii(code);
    if (kind === blank) {
      space = afterBreak ? 0 : spaceBit;
      at++;
      continue;
    }
    if (kind === lineBreak) {
      const next = nextLine(text, at);
      const nextIndent = indentOf(text, next);
      into.push(breakFor(indent, nextIndent), offset + at);
      indent = nextIndent;
      at = next;
      space = 0;
      afterBreak = true;
      continue;
    }
    let end = at + 1;
    let hash = hashStep(hashStart, code);
    if (kind === hidden) {
      while (text.charCodeAt(end) === maskCode) end++;
    } else if (kind === word) {
      for (; end < text.length; end++) {
        const follower = text.charCodeAt(end);
        if ((follower < 128 ? kinds[follower] : kindBeyondAscii(follower)) !== word) break;
        hash = hashStep(hash, follower);
      }
    }
    const id = kind === hidden ? special.unknown : vocabulary.internSlice(text, at, end, hash);
    into.push(id | space, offset + at);
    space = 0;
    afterBreak = false;
    at = end;
  }
}

export function isWordCode(code: number): boolean {
  return (code < 128 ? kinds[code] : kindBeyondAscii(code)) === word;
}

const mark = 0;
const word = 1;
const blank = 2;
const lineBreak = 3;
const hidden = 4;

const kinds = new Uint8Array(128).map((_, code) => {
  if (isBreakCode(code)) return lineBreak;
  if (code === maskCode) return hidden;
  if (code <= 32) return blank;
  return /[\w$]/.test(String.fromCharCode(code)) ? word : mark;
});

function kindBeyondAscii(code: number): number {
  if (code === 0xa0 || code === 0x3000 || code === 0xfeff) return blank;
  return code >= 0x2000 && code <= 0x206f ? mark : word;
}

/** The start of the first line with text after the line break at `at`, else of the last line. */
export function nextLine(text: string, at: number): number {
  let start = at;
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isBreakCode(code)) start = i + 1;
    else if (code !== 32 && code !== 9) return start;
  }
  return start;
}

function indentOf(text: string, lineStart: number): number {
  let width = 0;
  for (let i = lineStart; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 32) width++;
    else if (code === 9) width += 4;
    else break;
  }
  return width;
}

function breakFor(before: number, after: number): number {
  if (after === before) return special.breakSame;
  if (after > before) return special.breakIn;
  return before - after <= 4 ? special.breakOut : special.breakFarOut;
}
