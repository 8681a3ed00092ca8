/** Waits until the services are ready to answer, shows on a terminal how far they are, and says what becomes of a model that memory does not hold. */

import { describeStep } from "../model/describe-step.ts";
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
  const clear = stderr.isTTY === true ? "\r\u001b[K" : "";
  const said = new Set<string>();
  const show = () => {
    const facts = services.statusFacts();
    const step = stepOf(facts, context);
    // Each once, and however it ends: it stays above what is shown next.
    if (step !== undefined && !said.has(step.sentence)) stderr.write(`${clear}${visibleText(step.text)}\n`);
    if (step !== undefined) said.add(step.sentence);
    if (stderr.isTTY === true) stderr.write(`${clear}${sentenceOf(facts, context)}`);
  };
  changed.addEventListener("status", show);
  await services.settled(signal);
  show();
  changed.removeEventListener("status", show);
  stderr.write(clear);
}

interface SaidStep {
  /** The same while it is taken and when it was. */
  readonly sentence: string;
  readonly text: string;
}

function stepOf({ model }: CliStatus, { localizer }: CliContext): SaidStep | undefined {
  if (model.kind === "loading" && model.step) {
    const { sentence, values } = model.step.said;
    return { sentence: localizer.t(sentence, ...values), text: describeStep(model.step, localizer) };
  }
  const reduced = model.kind === "ready" ? model.model.info.reduced : undefined;
  if (!reduced) return undefined;
  const { sentence, values } = reduced;
  const text = localizer.t(sentence, ...values);
  return { sentence: text, text };
}

function sentenceOf({ model, reading }: CliStatus, { localizer: { t } }: CliContext): string {
  if (reading) return t("Reading the workspace: {0} files so far.", reading.files);
  return model.kind === "loading" ? t("Loading {0} …", visibleText(model.name)) : "";
}
