/** Waits until the workspace is read and the model is loaded, and shows on a terminal how far that is. */

import type { CliContext, CliServices, CliStatus } from "./cli-context.ts";

export interface Waiting {
  readonly services: Pick<CliServices, "statusFacts">;
  /** Dispatches `status` whenever the facts may have changed. */
  readonly changed: EventTarget;
  readonly context: CliContext;
}

/** Resolves when `signal` aborts too. */
export async function whenReady({ services, changed, context }: Waiting, signal: AbortSignal): Promise<void> {
  const progress = new ProgressLine(context);
  await new Promise<void>((resolve) => {
    const look = () => {
      const status = services.statusFacts();
      if (isBusy(status) && !signal.aborted) return progress.show(sentenceOf(status, context));
      changed.removeEventListener("status", look);
      signal.removeEventListener("abort", look);
      resolve();
    };
    changed.addEventListener("status", look);
    signal.addEventListener("abort", look);
    look();
  });
  progress.clear();
}

function isBusy({ model, reading }: CliStatus): boolean {
  return model.kind === "loading" || reading !== undefined;
}

function sentenceOf({ model, reading }: CliStatus, { localizer: { t } }: CliContext): string {
  if (reading) return t("Reading the workspace: {0} files so far.", reading.files);
  return model.kind === "loading" ? t("Loading {0} …", model.name) : "";
}

/** One line that overwrites itself; nothing where standard error is no terminal. */
class ProgressLine {
  readonly #stream: NodeJS.WritableStream & { readonly isTTY?: boolean };
  #shown = false;

  constructor(context: CliContext) {
    this.#stream = context.process.stderr;
  }

  show(sentence: string): void {
    if (this.#stream.isTTY !== true) return;
    this.#stream.write(`\r\u001b[K${sentence}`);
    this.#shown = true;
  }

  clear(): void {
    if (this.#shown) this.#stream.write("\r\u001b[K");
  }
}
