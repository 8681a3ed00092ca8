/** What a model is asked and how fast it answers: the test model always, then the best model that is there. */

import { join } from "node:path";
import { milliseconds } from "../../server/cli/show-completion.ts";
import { visibleText } from "../../server/cli/visible-text.ts";
import type { WantedModel } from "../../server/features/completion/completion-model.ts";
import { type CompletionPrompt, completionPrompt } from "../../server/features/completion/prompt.ts";
import { explainError } from "../../server/model/explain-error.ts";
import { fimFamilies, fimStops } from "../../server/model/fim.ts";
import { promptToString } from "../../server/model/prompt.ts";
import { toRuntimeError } from "../../server/model/runtime-error.ts";
import { modelSpec } from "../../server/model-spec.ts";
import type { OpenModel } from "../../server/runtime/host/client.ts";
import { taskSampling } from "../../server/sampling/task-sampling.ts";
import { cutBack } from "./page.ts";
import type { Place } from "./places.ts";
import { median, type Stage } from "./stage.ts";

const maxTokens = 64;

/** Loads the model and calls `use` with the milliseconds that took; when it does not load, says why. */
export async function withModel(
  { page, services, settings, home, localizer, signal }: Stage,
  wanted: WantedModel,
  use: (model: OpenModel, loadMs: number) => Promise<void>,
): Promise<void> {
  const started = performance.now();
  try {
    const { spec } = await modelSpec(wanted, { settings, models: join(home, "models"), env: process.env });
    const model = await services.host.open(spec, signal);
    try {
      await use(model, performance.now() - started);
    } finally {
      model.dispose();
    }
  } catch (thrown) {
    if (signal.aborted) return;
    const { message, mend } = explainError(toRuntimeError(thrown), localizer);
    page.say(page.paint.bad(message));
    page.say(mend);
  }
}

export async function promptOf(model: OpenModel, place: Place): Promise<CompletionPrompt> {
  return completionPrompt({
    snapshot: place.snapshot,
    offset: place.offset,
    family: fimFamilies[model.info.fim ?? "qwen"],
    contextTokens: model.info.contextTokens,
    maxTokens,
    count: (text) => model.runtime.countTokens(text),
    path: place.path,
  });
}

export function showPrompt(
  { page, localizer: { t } }: Stage,
  model: OpenModel,
  prompt: CompletionPrompt,
): void {
  page.heading(t("What a model is asked"));
  const tokens = prompt.context.reduce((sum, part) => sum + part.tokens, 0);
  page.say(
    t(
      "{0} tokens in the form that {1} models were trained on, and nothing else:",
      tokens,
      model.info.fim ?? "",
    ),
  );
  for (const { source, path, startLine, endLine, tokens: size } of prompt.context) {
    page.row(source, t("{0} tokens: {1}:{2}-{3}", size, path, startLine + 1, endLine + 1));
  }
  const lines = visibleText(promptToString(prompt.pieces)).split("\n");
  const middle = lines.findIndex((line) => line.includes("<|fim_suffix|>"));
  const shown = [lines[0], "…", ...lines.slice(Math.max(1, middle - 1), middle + 2), "…", lines.at(-1)];
  for (const line of shown) page.line(`    ${page.paint.dim(cutBack(line ?? "", 74))}`);
}

export interface Speed {
  readonly text: string;
  readonly firstMs: number;
  readonly generated: number;
  /** From the first text to the end. */
  readonly restMs: number;
}

export interface Streaming {
  readonly signal: AbortSignal;
  /** Ends the answer, beside the control tokens of the model's family. */
  readonly stop: readonly string[];
  readonly onText: (text: string) => void;
}

/** Hands the text to `onText` as the model writes it. */
export async function stream(
  model: OpenModel,
  prompt: CompletionPrompt,
  { signal, stop, onText }: Streaming,
): Promise<Speed> {
  const { fim = "qwen", sampling: card = {}, reasons } = model.info;
  const started = performance.now();
  let firstMs = 0;
  let text = "";
  let generated = 0;
  const request = {
    prompt: prompt.pieces,
    maxTokens,
    stop: [...fimStops(fimFamilies[fim]), ...stop],
    sampling: taskSampling("completion", { setting: {}, card, reasons }),
    priority: "completion",
  } as const;
  for await (const part of model.runtime.infill(request, signal)) {
    if (part.kind === "stream-end") generated = part.usage.generated;
    else if (part.kind === "text-delta") {
      if (text === "") firstMs = performance.now() - started;
      text += part.text;
      onText(part.text);
    }
  }
  const tookMs = performance.now() - started;
  return text === ""
    ? { text, firstMs: tookMs, generated, restMs: 0 }
    : { text, firstMs, generated, restMs: tookMs - firstMs };
}

export function loadedText({ localizer: { t } }: Stage, { info }: OpenModel, loadMs: number): string {
  return t("{0} loaded in {1}, context {2} tokens", info.name, milliseconds(loadMs), info.contextTokens);
}

/** Completes at `places` with a model whose text is meant to be read. */
export async function completeWith(stage: Stage, model: OpenModel, places: readonly Place[]): Promise<void> {
  const { page, signal, localizer } = stage;
  for (const place of places) {
    if (signal.aborted) return;
    const { line } = place.snapshot.positionAt(place.offset);
    const before = place.snapshot.text.slice(place.snapshot.lineStart(line), place.offset);
    const prompt = await promptOf(model, place);
    page.line();
    page.place(`${place.path}:${line + 1}`, "");
    const onText = page.streamed(before, page.paint.added);
    const speed = await stream(model, prompt, { signal, stop: ["\n"], onText });
    page.line();
    const same = speed.text.trimEnd() === place.written.trimEnd();
    const verdict = same
      ? page.paint.good(localizer.t("as the author wrote it"))
      : `${page.paint.warn(localizer.t("the author wrote:"))} ${place.written.trim()}`;
    page.verdict(verdict);
    page.line(`    ${page.paint.dim(speedText(stage, [speed]))}`);
  }
}

/** Of one answer or of several together. */
export function speedText({ localizer: { t } }: Stage, speeds: readonly Speed[]): string {
  const first = median(speeds.map(({ firstMs }) => firstMs));
  const rest = speeds.reduce((sum, { restMs }) => sum + restMs, 0);
  const tokens = speeds.reduce((sum, { generated }) => sum + Math.max(0, generated - 1), 0);
  const perSecond = rest > 0 ? (tokens / rest) * 1000 : 0;
  return perSecond === 0
    ? t("first token after {0}", milliseconds(first))
    : t("first token after {0}, then {1} tokens a second", milliseconds(first), perSecond.toFixed(0));
}
