/** Says on a shell that an answer is still waited for: a processor may need minutes for a prompt, and says nothing. */

import type { CliContext } from "./cli-context.ts";

const usualMs = 10_000;

type Shell = Pick<CliContext, "process" | "localizer">;

/** Resolves as `answer` does; says so where that takes long. */
export async function stillWaiting<T>(answer: Promise<T>, shell: Shell, afterMs = usualMs): Promise<T> {
  const late = sayLate(shell, afterMs);
  try {
    return await answer;
  } finally {
    clearTimeout(late);
  }
}

/** The parts as they come; only the first is waited for aloud. */
export async function* heardParts<T>(
  parts: AsyncIterable<T>,
  shell: Shell,
  afterMs = usualMs,
): AsyncGenerator<T, void> {
  const late = sayLate(shell, afterMs);
  try {
    for await (const part of parts) {
      clearTimeout(late);
      yield part;
    }
  } finally {
    clearTimeout(late);
  }
}

function sayLate({ process: { stderr }, localizer: { t } }: Shell, afterMs: number): NodeJS.Timeout {
  return setTimeout(() => stderr.write(`${t("Still waiting for an answer. Ctrl+C ends it.")}\n`), afterMs);
}
