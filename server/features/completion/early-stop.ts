/** Where a streamed answer has said enough. Pure over the text so far. */

import { indentOf, type LineShape } from "./line-shape.ts";

export interface StopPlace {
  readonly shape: LineShape;
  /** The first line after the cursor's line that is not blank, trimmed; empty when there is none. */
  readonly nextLine: string;
}

export interface EarlyStop {
  /** Where the answer ends, in characters of the text so far. */
  readonly at: number;
}

/** Lines of one block: a longer answer is rarely right to its end and costs the tokens all the same. */
const maxBlockLines = 24;
/** A line that comes this often is a loop, and so is a part of a line that comes this often in a row. */
const maxRepeats = 3;
/** Characters of a part of a line: shorter ones come in a row in good code, such as `0, 0, 0`. */
const loopedPart = { least: 8, most: 64 };

/**
 * The end of the answer within `text`, or undefined while it may go on. Only lines that are complete are
 * judged; a blank line or `//` alone never ends an answer.
 */
export function earlyStop(text: string, place: StopPlace): EarlyStop | undefined {
  if (place.shape.form === "line") return endOfFirstLine(text) ?? loopWithinLine(text);
  let start = 0;
  const seen = new Map<string, number>();
  for (let count = 1; ; count++) {
    const end = text.indexOf("\n", start);
    if (end < 0) return loopWithinLine(text);
    const line = text.slice(start, end);
    if (start > 0 && endsBlock(line, place)) return { at: lastLineEnd(start, line, place) };
    if (count >= maxBlockLines || loops(line, seen)) return { at: end };
    start = end + 1;
  }
}

/** A line break before any text only moves to the next line: the answer goes on until one after text. */
function endOfFirstLine(text: string): EarlyStop | undefined {
  const textStart = text.search(/\S/);
  if (textStart < 0) return undefined;
  const end = text.indexOf("\n", textStart);
  if (end < 0) return undefined;
  return { at: text[end - 1] === "\r" ? end - 1 : end };
}

/** Small models repeat themselves without end: the part is kept once. */
function loopWithinLine(text: string): EarlyStop | undefined {
  const line = text.slice(text.lastIndexOf("\n") + 1);
  const longest = Math.min(loopedPart.most, Math.floor(line.length / maxRepeats));
  for (let length = loopedPart.least; length <= longest; length++) {
    const part = line.slice(-length);
    if (/\p{L}/u.test(part) && line.endsWith(part.repeat(maxRepeats)))
      return { at: text.length - length * (maxRepeats - 1) };
  }
  return undefined;
}

function endsBlock(line: string, place: StopPlace): boolean {
  const trimmed = line.trim();
  if (trimmed === "") return false;
  if (trimmed.length > 1 && trimmed === place.nextLine) return true;
  return indentOf(line) < place.shape.indent || closesOpener(line, place);
}

/** The line that closes what the cursor's line opened: same indentation, a closing bracket first. */
function closesOpener(line: string, place: StopPlace): boolean {
  return place.shape.before.trim() !== "" && indentOf(line) === place.shape.indent && isCloser(line);
}

function isCloser(line: string): boolean {
  return /^\s*(?:[)\]}]|end\b)/.test(line);
}

/** A closing line belongs to the block unless it is what follows the cursor anyway; others do not. */
function lastLineEnd(start: number, line: string, place: StopPlace): number {
  const wanted =
    closesOpener(line, place) && line.trim() !== place.nextLine && place.shape.after.trim() === "";
  return wanted ? start + line.length : start - 1;
}

function loops(line: string, seen: Map<string, number>): boolean {
  const trimmed = line.trim();
  if (trimmed.length < 3) return false;
  const times = (seen.get(trimmed) ?? 0) + 1;
  seen.set(trimmed, times);
  return times >= maxRepeats;
}
