/** Cuts an answer into passages: paragraphs, and code between fences. Nothing else of Markdown is read. */

import type { Passage } from "../webview/page-view.ts";

/**
 * `growing`: more may come. The last passage grows then, unless it has been ended; all others stay as they are,
 * whatever comes. Fences are left out, and empty lines between passages.
 */
export function passagesOf(text: string, { growing }: { readonly growing: boolean }): readonly Passage[] {
  const passages: Passage[] = [];
  const whole = text.split("\n");
  // What the last line will be, only the next one tells.
  const begun = growing ? (whole.pop() ?? "") : "";
  let lines: string[] = [];
  let fence: string | undefined;
  const end = (more: Pick<Passage, "growing">) => {
    const kind = fence === undefined ? "prose" : "code";
    if (lines.length > 0) passages.push({ kind, text: lines.join("\n"), ...more });
    lines = [];
  };
  for (const line of whole) {
    const opened = fence === undefined ? opening(line) : undefined;
    const ended = fence === undefined ? line.trim() === "" : closes(line, fence);
    if (!ended && opened === undefined) {
      lines.push(line);
      continue;
    }
    end({});
    fence = opened;
  }
  if (begun !== "" && !perhapsFence.test(begun)) lines.push(begun);
  end(growing ? { growing } : {});
  return passages;
}

const perhapsFence = /^ {0,3}[`~]+$/;

/** As CommonMark has it: what stands behind backticks holds none. */
function opening(line: string): string | undefined {
  return /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1];
}

/** By as many of the same, or more, and nothing behind them. */
function closes(line: string, fence: string): boolean {
  const mark = /^ {0,3}(`+|~+)\s*$/.exec(line)?.[1];
  return mark?.startsWith(fence) ?? false;
}
