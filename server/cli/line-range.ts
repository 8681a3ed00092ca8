/** `FILE:START-END` as a person writes it, and the lines that it means. */

import type { Localizer } from "../base/l10n.ts";
import type { Source } from "../features/chat/question-prompt.ts";
import type { Failure } from "./failure.ts";
import { readDocument } from "./read-document.ts";

export interface LineRange {
  readonly path: string;
  /** From 1, both included; left out for the whole file. */
  readonly lines?: { readonly start: number; readonly end: number };
}

/** One number is one line. A Windows path keeps the colon of its drive. */
export function parseLineRange(text: string): LineRange {
  const [, path, from, to = from] = /^(.+?):([1-9]\d{0,8})(?:-([1-9]\d{0,8}))?$/s.exec(text) ?? [];
  if (path === undefined) return { path: text };
  return {
    path,
    lines: { start: Math.min(Number(from), Number(to)), end: Math.max(Number(from), Number(to)) },
  };
}

export type LinesResult =
  | { readonly kind: "lines"; readonly source: Source }
  | { readonly kind: "failed"; readonly failure: Failure };

export async function readLines(
  { path, lines }: LineRange,
  { cwd, localizer }: { readonly cwd: string; readonly localizer: Localizer },
): Promise<LinesResult> {
  const document = await readDocument({ path, cwd, stdin: undefined, verb: "ask", localizer });
  if (document.kind === "failed") return document;
  const { snapshot } = document;
  const { start, end } = lines ?? { start: 1, end: snapshot.lineCount };
  if (start > snapshot.lineCount)
    return { kind: "failed", failure: outside(start, snapshot.lineCount, localizer) };
  const last = Math.min(end, snapshot.lineCount);
  const texts = Array.from({ length: last - start + 1 }, (_, index) => snapshot.lineText(start - 1 + index));
  return { kind: "lines", source: { path, startLine: start, endLine: last, text: texts.join("\n") } };
}

function outside(line: number, lineCount: number, { t }: Localizer): Failure {
  return {
    code: "lines-outside",
    message: t("There is no line {0}: the document has {1}.", line, lineCount),
    mend: t("Lines and columns count from 1."),
  };
}
