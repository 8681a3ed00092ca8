/** What post-processing must know of the place where a text would be shown. */

import type { Snapshot } from "../../text/snapshot.ts";
import { lineShape } from "./line-shape.ts";
import type { ShownPlace } from "./post-process.ts";

export function shownPlace(snapshot: Snapshot, offset: number, controlTokens: readonly string[]): ShownPlace {
  return {
    shape: lineShape(snapshot, offset),
    nextLine: nextLine(snapshot, offset),
    eol: snapshot.eol,
    controlTokens,
  };
}

/** The first line below the cursor's that is not blank, trimmed; looked for within 20 lines. */
function nextLine(snapshot: Snapshot, offset: number): string {
  const line = snapshot.positionAt(offset).line;
  const last = Math.min(snapshot.lineCount - 1, line + 20);
  for (let below = line + 1; below <= last; below++) {
    const text = snapshot.lineText(below).trim();
    if (text !== "") return text;
  }
  return "";
}
