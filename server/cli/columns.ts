/** Rows of words, one column below the other. */

import { textWidth } from "./visible-text.ts";

const gap = 2;

/** Each row in one line; nothing is filled up behind the last word of a row. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => textWidth(row[column] ?? ""))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - textWidth(cell)) + gap))
      .join("")
      .trimEnd(),
  );
}
