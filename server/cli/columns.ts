/** Rows of words, one column below the other. */

import { oneLine } from "../base/one-line.ts";
import { textWidth } from "./visible-text.ts";

const gap = 2;

/** Each row in one line, whatever its words are; nothing is filled up behind the last word of a row. */
export function columns(table: readonly (readonly string[])[]): readonly string[] {
  const rows = table.map((row) => row.map((cell) => oneLine(cell)));
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
