/** What the verbs about models share: how a failure is told, and how far they are on a terminal. */

import type { Localizer } from "../base/l10n.ts";
import { explainFetchError } from "../fetch/explain-fetch-error.ts";
import { FetchError } from "../fetch/fetch-error.ts";
import type { FetchAnswer } from "../fetch/fetch-question.ts";
import { progressLine } from "../fetch/fetch-words.ts";
import type { TransferProgress } from "../fetch/transfer-progress.ts";
import type { CliContext } from "./cli-context.ts";
import { failed, type Outcome } from "./failure.ts";
import { visibleText } from "./visible-text.ts";

export type OnProgress = (progress: TransferProgress) => void;

/** Runs `work` with a line on the terminal that shows how far it is. */
export async function withProgress(
  { process, localizer }: CliContext,
  work: (onProgress: OnProgress) => Promise<Outcome>,
): Promise<Outcome> {
  const { stderr }: { readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean } } = process;
  const terminal = stderr.isTTY === true;
  let shownAt = 0;
  const show = (progress: TransferProgress) => {
    const now = performance.now();
    if (!terminal || (now - shownAt < 100 && progress.phase !== "waiting")) return;
    shownAt = now;
    stderr.write(`\r\u001b[K${barOf(progress)}${progressLine(progress, localizer)}`);
  };
  try {
    return await work(show);
  } catch (error) {
    if (error instanceof FetchError) return failed(explainFetchError(error, localizer));
    throw error;
  } finally {
    if (shownAt > 0) stderr.write("\r\u001b[K");
  }
}

export interface Confirmation {
  /** What the person sees before the question. */
  readonly shown: string;
  readonly question: string;
  /** `--yes`. */
  readonly yes: boolean;
}

/** Nothing is fetched that nobody has seen. */
export async function confirmed(
  { shown, question, yes }: Confirmation,
  { confirm, process }: CliContext,
  signal: AbortSignal,
): Promise<FetchAnswer> {
  if (yes || confirm) process.stderr.write(`${visibleText(shown)}\n`);
  if (yes) return "yes";
  if (!confirm) return "nobody";
  return (await confirm(question, signal)) ? "yes" : "no";
}

export function yesFlag({ t }: Localizer) {
  return {
    kind: "boolean",
    brief: t("Confirm host, size and licence without being asked"),
    default: false,
    withNegated: false,
  } as const;
}

const cells = 24;

function barOf({ phase, bytes, total }: TransferProgress): string {
  if (phase === "waiting") return "";
  const full = total > 0 ? Math.floor((bytes / total) * cells) : 0;
  return `${"█".repeat(full)}${"░".repeat(cells - full)} `;
}
