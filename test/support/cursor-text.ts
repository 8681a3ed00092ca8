/** A text with `$0` for the cursor, as tests write it. */

import { type Position, Snapshot } from "../../server/text/snapshot.ts";

export interface CursorText {
  readonly snapshot: Snapshot;
  readonly offset: number;
  readonly position: Position;
}

export function cursorText(
  marked: string,
  options: { readonly version?: number; readonly uri?: string } = {},
): CursorText {
  const offset = marked.indexOf("$0");
  if (offset < 0) throw new Error(`no cursor in ${JSON.stringify(marked)}`);
  const text = marked.slice(0, offset) + marked.slice(offset + 2);
  const snapshot = new Snapshot(options.uri ?? "file:///a.ts", "typescript", options.version ?? 1, text);
  return { snapshot, offset, position: snapshot.positionAt(offset) };
}
