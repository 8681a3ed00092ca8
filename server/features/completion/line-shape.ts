/** What the cursor's surroundings say about the answer's form: where to ask, one line or a block. Pure. */

import type { Snapshot } from "../../text/snapshot.ts";

export interface LineShape {
  /** The line up to the cursor, and from it. */
  readonly before: string;
  readonly after: string;
  /** Columns of white space at the start of the line; a tab counts as four. */
  readonly indent: number;
  readonly form: "line" | "block";
}

export function lineShape(snapshot: Snapshot, offset: number): LineShape {
  const line = snapshot.positionAt(offset).line;
  const before = snapshot.text.slice(snapshot.lineStart(line), offset);
  const after = snapshot.text.slice(offset, snapshot.lineEnd(line));
  return { before, after, indent: indentOf(before), form: formOf(before, after) };
}

/** Whether the cursor stands before the rest of a word, where an answer would read as a new word. */
export function insideWord(shape: LineShape): boolean {
  return /^[\p{L}\p{N}_$]/u.test(shape.after);
}

export function indentOf(line: string): number {
  let columns = 0;
  for (const character of line) {
    if (character === "\t") columns += 4;
    else if (character === " ") columns += 1;
    else break;
  }
  return columns;
}

/** Closing brackets, quotes and separators that the editor or the person has put after the cursor. */
export const closersOnly = /^[\s)\]}>"'`;,:]*$/;

/** A block may be offered on an empty line and after what opens one; anything else is finished first. */
function formOf(before: string, after: string): "line" | "block" {
  if (!closersOnly.test(after)) return "line";
  return before.trim() === "" || /(?:[{([:]|=>|\b(?:do|then|else))\s*$/.test(before) ? "block" : "line";
}
