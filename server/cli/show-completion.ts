/** A completion as a person reads it: the lines round the cursor, what is added marked, and where it came from. */

import type { Localizer } from "../base/l10n.ts";
import { oneLine } from "../base/one-line.ts";
import type {
  CompletionOutcome,
  CompletionReport,
  SkipReason,
} from "../features/completion/completion-outcome.ts";
import type { Range, Snapshot } from "../text/snapshot.ts";
import type { Cursor } from "./cursor.ts";
import type { Paint } from "./paint.ts";
import { textWidth, visibleText } from "./visible-text.ts";

export interface Shown {
  readonly outcome: CompletionOutcome;
  readonly snapshot: Snapshot;
  readonly cursor: Cursor;
}

export function showCompletion(
  { outcome, snapshot, cursor }: Shown,
  localizer: Localizer,
  paint: Paint,
): string {
  const place = `${visibleText(cursor.path)}:${cursor.position.line + 1}:${cursor.position.character + 1}`;
  if (outcome.kind === "failed") return "";
  if (outcome.kind === "skipped") {
    return `${paint.strong(place)}  ${localizer.t("no completion: {0}", reasonOf(outcome.reason, localizer))}`;
  }
  const [item] = outcome.items;
  const head = `${paint.strong(place)}  ${paint.dim(sourceOf(outcome.report, localizer))}`;
  if (!item) return head;
  return [head, ...completedLines({ snapshot, range: item.range, text: item.text }, paint)].join("\n");
}

export interface Addition {
  readonly snapshot: Snapshot;
  readonly range: Range;
  readonly text: string;
}

/** The lines round the addition. Without colours `^` stands under what is added, or `+` before it. */
export function completedLines({ snapshot, range, text }: Addition, paint: Paint): readonly string[] {
  const { start, end } = range;
  const before = snapshot.lineText(start.line).slice(0, start.character);
  const after = snapshot.lineText(end.line).slice(end.character);
  const added = visibleText(text).split("\n");
  const width = String(end.line + 2).length;
  const row = (number: number | undefined, line: string, mark = " ") =>
    `${paint.dim(`${mark} ${String(number ?? "").padStart(width)} │`)} ${line}`.trimEnd();
  const context = (line: number) => row(line + 1, paint.dim(visibleText(snapshot.lineText(line))));
  const several = added.length > 1;
  const lines = added.map((line, index) => {
    const head = index === 0 ? visibleText(before) : "";
    const tail = index === added.length - 1 ? visibleText(after) : "";
    const mark = several && !paint.colours ? "+" : " ";
    return row(index === 0 ? start.line + 1 : undefined, head + paint.added(line) + tail, mark);
  });
  if (!several && !paint.colours) {
    const indent = " ".repeat(textWidth(visibleText(before)));
    lines.push(row(undefined, indent + "^".repeat(textWidth(added[0] ?? ""))));
  }
  return [
    ...(start.line > 0 ? [context(start.line - 1)] : []),
    ...lines,
    ...(end.line + 1 < snapshot.lineCount ? [context(end.line + 1)] : []),
  ];
}

/** Who wrote it, how sure or how long, and how fast. */
export function sourceOf(report: CompletionReport, { t }: Localizer): string {
  const { runtime, model, confidence, timings, tokens } = report;
  const parts = [runtime === "builtin" ? t("built in") : oneLine(`${runtime}/${model}`)];
  if (confidence !== undefined) parts.push(t("{0} % sure", Math.round(confidence * 100)));
  if (tokens)
    parts.push(
      tokens.generated === 1
        ? t("one token, after {0}", milliseconds(timings.firstTokenMs))
        : t("{0} tokens, first after {1}", tokens.generated, milliseconds(timings.firstTokenMs)),
    );
  parts.push(milliseconds(timings.totalMs));
  return parts.join(" · ");
}

export function milliseconds(value: number): string {
  return value < 1000 ? `${value.toFixed(value < 10 ? 1 : 0)} ms` : `${(value / 1000).toFixed(1)} s`;
}

export function reasonOf(reason: SkipReason, { t }: Localizer): string {
  switch (reason) {
    case "disabled":
      return t("completion is off for this language");
    case "outside-document":
      // A line that is not there is refused before, and behind the end of a line means its end.
      return t("the cursor is inside a character");
    case "too-large":
      return t("the file or its line is too long");
    case "inside-word":
      return t("the cursor stands inside a word");
    case "mid-line":
      return t("the built-in completer writes the ends of lines only");
    case "cancelled":
      return t("cancelled");
    case "stale":
      return t("the document changed meanwhile");
    case "blank":
      return t("nothing to add here");
    case "duplicate":
      return t("what would be added stands there already");
    case "secret":
      return t("this looks like a secret");
    case "hidden-characters":
      return t("the answer holds characters that cannot be seen");
    case "unsure":
      return t("not sure enough");
    case "no-source":
      return t("roles.complete is off");
  }
}
