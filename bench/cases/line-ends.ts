/**
 * Line ends to guess: real files with the cursor at a word boundary and the rest of that line taken out.
 * Comments, imports and lines with too little to come are no cases. The same seed gives the same cases.
 */

import type { SourceFile, SourcePackage } from "./packages.ts";

export interface LineEndCase {
  readonly package: SourcePackage;
  /** The file that the case is from; it leaves the workspace, `text` stands for it. */
  readonly path: string;
  /** The whole file without the rest of the cursor's line. */
  readonly text: string;
  readonly offset: number;
  readonly expected: string;
}

export const casesPerPackage = 120;
export const seed = 20261122;

export function lineEndCases(source: SourcePackage, count = casesPerPackage): LineEndCase[] {
  const random = mulberry32(seed);
  const places = source.files.flatMap((file) => eligibleLines(file).map((line) => ({ file, ...line })));
  shuffle(places, random);
  return places.slice(0, count).map(({ file, cursors, end }) => {
    const offset = cursors[Math.floor(random() * cursors.length)] ?? end;
    return {
      package: source,
      path: file.path,
      text: file.text.slice(0, offset) + file.text.slice(end),
      offset,
      expected: file.text.slice(offset, end).trimEnd(),
    };
  });
}

/** Whether the offered text is the rest of the line, white space at its end aside. */
export function isExact(offered: string, item: LineEndCase): boolean {
  return offered.trimEnd() === item.expected;
}

interface EligibleLine {
  readonly cursors: readonly number[];
  readonly end: number;
}

function eligibleLines(file: SourceFile): EligibleLine[] {
  const { text } = file;
  const comments = commentMask(text);
  const imports = importMask(text);
  const lines: EligibleLine[] = [];
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const next = newline < 0 ? text.length : newline;
    const end = text[next - 1] === "\r" ? next - 1 : next;
    if (!touches(comments, start, end) && !touches(imports, start, end)) {
      const cursors = wordBoundaries(text.slice(start, end)).filter((at) =>
        enoughToCome(text.slice(start + at, end)),
      );
      if (cursors.length > 0) lines.push({ cursors: cursors.map((at) => start + at), end });
    }
    start = next + 1;
  }
  return lines;
}

function wordBoundaries(line: string): number[] {
  const indent = line.length - line.trimStart().length;
  return [...line.matchAll(/\b/g)].map((match) => match.index).filter((at) => at >= indent);
}

/** At least four characters and two tokens. */
function enoughToCome(rest: string): boolean {
  const tokens = rest.match(/[\w$]+|[^\s\w$]/g) ?? [];
  return rest.trim().length >= 4 && tokens.length >= 2;
}

function touches(mask: Uint8Array, start: number, end: number): boolean {
  return mask.subarray(start, end).includes(1);
}

/** 1 where the text is inside a comment. Regular expressions are read as code, strings end with their line. */
function commentMask(text: string): Uint8Array {
  const mask = new Uint8Array(text.length);
  const pattern =
    /\/\/.*|\/\*[^]*?(?:\*\/|$)|"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|`(?:[^`\\]|\\[^])*`/g;
  for (const match of text.matchAll(pattern)) {
    if (match[0].startsWith("/")) mask.fill(1, match.index, match.index + match[0].length);
  }
  return mask;
}

function importMask(text: string): Uint8Array {
  const mask = new Uint8Array(text.length);
  const pattern = /^\s*(?:import\b|export\s+(?:type\s+)?[*{])[^;'"]*(?:['"][^'"\n]*['"][^\n]*|[^\n]*)/gm;
  for (const match of text.matchAll(pattern)) mask.fill(1, match.index, match.index + match[0].length);
  return mask;
}

function shuffle(items: unknown[], random: () => number): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const [a, b] = [items[i], items[j]];
    if (a === undefined || b === undefined) continue;
    items[i] = b;
    items[j] = a;
  }
}

/** A small seeded generator (public domain, Tommy Ettinger's mulberry32). */
function mulberry32(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
