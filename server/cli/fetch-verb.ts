/** What the verbs about models share: how a failure is told, and how far they are on a terminal. */

import { byteSize } from "../base/byte-size.ts";
import type { Localizer } from "../base/l10n.ts";
import { explainFetchError } from "../fetch/explain-fetch-error.ts";
import { FetchError } from "../fetch/fetch-error.ts";
import type { TransferProgress } from "../fetch/transfer-progress.ts";
import type { CliContext } from "./cli-context.ts";
import { failed, type Outcome } from "./failure.ts";

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
    stderr.write(`\r\u001b[K${progressText(progress, localizer)}`);
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

const cells = 24;

export function progressText(progress: TransferProgress, { t }: Localizer): string {
  const { phase, bytes, total, rate, remainingMs } = progress;
  const seconds = Math.ceil((remainingMs ?? 0) / 1000);
  if (phase === "waiting") return t("Waiting {0} s, then trying again …", seconds);
  const share = total > 0 ? bytes / total : 0;
  const full = Math.floor(share * cells);
  const bar = "█".repeat(full) + "░".repeat(cells - full);
  const amount = `${bar} ${Math.floor(share * 100)} %  ${byteSize(bytes)} / ${byteSize(total)}`;
  if (phase === "checking") return `${amount}  ${t("reading again what is here")}`;
  const pace = rate === undefined ? "" : `  ${byteSize(Math.round(rate))}/s`;
  return `${amount}${pace}${remainingMs === undefined ? "" : `  ${t("{0} left", clockTime(seconds))}`}`;
}

/** As minutes and seconds, with hours where there are some. */
function clockTime(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const end = String(rest).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${end}` : `${minutes}:${end}`;
}
