/** What the verbs about models share: how a failure is told, and how far they are on a terminal. */

import { explainFetchError } from "../fetch/explain-fetch-error.ts";
import { FetchError } from "../fetch/fetch-error.ts";
import { progressLine } from "../fetch/fetch-words.ts";
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

const cells = 24;

function barOf({ phase, bytes, total }: TransferProgress): string {
  if (phase === "waiting") return "";
  const full = total > 0 ? Math.floor((bytes / total) * cells) : 0;
  return `${"█".repeat(full)}${"░".repeat(cells - full)} `;
}
