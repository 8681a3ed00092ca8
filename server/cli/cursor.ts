/** `FILE:LINE:COLUMN` as a person writes it: both numbers from 1, the column in UTF-16 units. */

import type { Position } from "../text/snapshot.ts";

export interface Cursor {
  readonly path: string;
  readonly position: Position;
}

/** Undefined when `text` is not of that form. A Windows path keeps the colon of its drive. */
export function parseCursor(text: string): Cursor | undefined {
  const found = /^(.+):([1-9]\d{0,8}):([1-9]\d{0,8})$/s.exec(text);
  if (found === null) return undefined;
  const [, path = "", line, column] = found;
  return { path, position: { line: Number(line) - 1, character: Number(column) - 1 } };
}

export const mostCounted = 999_999_999;

export const cursorExample = "src/main.ts:10:5";

/** Whether `text`, which is no cursor, would be one with other numbers. */
export function hasWrongNumbers(text: string): boolean {
  return /.:[-+]?[\d.]+:[-+]?[\d.]+$/.test(text);
}
