/**
 * Positions between the wire and the inside. The inside counts UTF-16 code units; a client may have chosen
 * UTF-8 bytes. A position between the halves of a character is moved to the character's start.
 */

import type { Position, Range, Snapshot } from "../../text/snapshot.ts";

export const positionEncodings = ["utf-16", "utf-8"] as const;
export type PositionEncoding = (typeof positionEncodings)[number];

/** The first encoding that the client lists and this server knows; UTF-16 when it lists none, as LSP says. */
export function chooseEncoding(offered: readonly string[] | undefined): PositionEncoding {
  for (const encoding of offered ?? []) {
    const known = positionEncodings.find((candidate) => candidate === encoding);
    if (known) return known;
  }
  return "utf-16";
}

export function fromWire(snapshot: Snapshot, position: Position, encoding: PositionEncoding): Position {
  if (encoding === "utf-16") return position;
  const line = snapshot.lineText(position.line);
  return { line: position.line, character: utf16Length(line, position.character) };
}

export function toWire(snapshot: Snapshot, position: Position, encoding: PositionEncoding): Position {
  if (encoding === "utf-16") return position;
  const line = snapshot.lineText(position.line);
  return { line: position.line, character: utf8Length(line, position.character) };
}

export function rangeFromWire(snapshot: Snapshot, range: Range, encoding: PositionEncoding): Range {
  return {
    start: fromWire(snapshot, range.start, encoding),
    end: fromWire(snapshot, range.end, encoding),
  };
}

export function rangeToWire(snapshot: Snapshot, range: Range, encoding: PositionEncoding): Range {
  return { start: toWire(snapshot, range.start, encoding), end: toWire(snapshot, range.end, encoding) };
}

/** The UTF-16 length of the longest run of whole characters at the start of `line` within `bytes` UTF-8 bytes. */
function utf16Length(line: string, bytes: number): number {
  let used = 0;
  let index = 0;
  while (index < line.length) {
    const width = widthAt(line, index);
    used += width.bytes;
    if (used > bytes) break;
    index += width.units;
  }
  return index;
}

function utf8Length(line: string, units: number): number {
  let bytes = 0;
  for (let index = 0; index < Math.min(units, line.length); ) {
    const width = widthAt(line, index);
    if (index + width.units > units) break;
    bytes += width.bytes;
    index += width.units;
  }
  return bytes;
}

/** A lone surrogate travels as U+FFFD, which has three bytes. */
function widthAt(line: string, index: number): { readonly units: number; readonly bytes: number } {
  const code = line.charCodeAt(index);
  if (code < 0x80) return { units: 1, bytes: 1 };
  if (code < 0x800) return { units: 1, bytes: 2 };
  const high = code >= 0xd800 && code < 0xdc00;
  const low = line.charCodeAt(index + 1);
  if (high && low >= 0xdc00 && low < 0xe000) return { units: 2, bytes: 4 };
  return { units: 1, bytes: 3 };
}
