/** Waits until the services are ready to answer, and shows on a terminal how far they are. */

import type { CliContext, CliServices, CliStatus } from "./cli-context.ts";
import { visibleText } from "./visible-text.ts";

export interface Waiting {
  readonly services: Pick<CliServices, "settled" | "statusFacts">;
  /** Dispatches `status` whenever the facts may have changed. */
  readonly changed: EventTarget;
  readonly context: CliContext;
}

/** Resolves when `signal` aborts too. */
export async function whenReady({ services, changed, context }: Waiting, signal: AbortSignal): Promise<void> {
  const { stderr }: { readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean } } =
    context.process;
  const show = () => stderr.write(`\r\u001b[K${sentenceOf(services.statusFacts(), context)}`);
  if (stderr.isTTY !== true) return services.settled(signal);
  changed.addEventListener("status", show);
  await services.settled(signal);
  changed.removeEventListener("status", show);
  stderr.write("\r\u001b[K");
}

function sentenceOf({ model, reading }: CliStatus, { localizer: { t } }: CliContext): string {
  if (reading) return t("Reading the workspace: {0} files so far.", reading.files);
  return model.kind === "loading" ? t("Loading {0} …", visibleText(model.name)) : "";
}
