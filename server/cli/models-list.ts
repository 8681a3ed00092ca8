/** `hearth models list`: the models that are here, and the downloads that are not finished. */

import { buildCommand, type Command } from "@stricli/core";
import { byteSize } from "../base/byte-size.ts";
import type { Localizer } from "../base/l10n.ts";
import { oneLine } from "../base/one-line.ts";
import { keptUse } from "../fetch/kept-use.ts";
import type { KeptModel, Leftover } from "../fetch/model-folder.ts";
import { quantIn } from "../model/quant-in-name.ts";
import type { CliContext } from "./cli-context.ts";
import { columns } from "./columns.ts";
import type { Outcome } from "./failure.ts";
import { type GlobalFlags, globalFlags, settingsOf } from "./global-flags.ts";
import { runVerb } from "./run-verb.ts";
import { visibleText } from "./visible-text.ts";

export function listCommand(localizer: Localizer): Command<CliContext> {
  return buildCommand<GlobalFlags, [], CliContext>({
    docs: { brief: localizer.t("List the models that are here") },
    parameters: { flags: globalFlags(localizer) },
    func(flags) {
      return runVerb({ context: this, json: flags.json }, () => list(this, flags));
    },
  });
}

interface ListedModel {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly parameters?: number;
  /** As its name says. */
  readonly quant?: string;
  readonly contextTokens?: number;
  /** The roles that it can serve. */
  readonly fits?: readonly string[];
  /** Whether it thinks before it answers: those are taken for `roles.reason` under `auto`. */
  readonly reasons?: boolean;
  /** How it fills in the middle; left out when it does not. */
  readonly fim?: string;
  readonly licence?: string;
  readonly sha256?: string;
  readonly source?: string;
  /** Why it cannot be used. */
  readonly error?: string;
}

async function list(context: CliContext, flags: GlobalFlags): Promise<Outcome> {
  const { models, localizer, signal } = context;
  const { settings } = await settingsOf(flags, context);
  const [content, ollama] = await Promise.all([models.folder.content(), models.inOllama(settings, signal)]);
  const listed = await Promise.all(content.models.map((model) => listedOf(model, localizer)));
  const { t } = localizer;
  const lines = [
    ...columnsOf([
      ...listed.map((model) => modelCells(model, localizer)),
      ...ollama.map((name) => [`ollama/${name}`, "", t("in Ollama")]),
    ]),
    ...columnsOf(content.leftovers.map(leftoverCells)),
  ];
  const none = t("There are no models here yet. hearth models pull fetches one.");
  const text = lines.length > 0 ? lines.join("\n") : none;
  const json = { models: listed, ollama, leftovers: content.leftovers };
  return { kind: "done", json, text: visibleText(text) };
}

/** Names and licences are not ours. */
function columnsOf(rows: readonly (readonly string[])[]): readonly string[] {
  return columns(rows.map((row) => row.map((cell) => oneLine(cell))));
}

async function listedOf({ name, path, bytes, record }: KeptModel, { t }: Localizer): Promise<ListedModel> {
  const { sha256, source, licence } = record ?? {};
  const known = {
    ...(licence === undefined ? {} : { licence }),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(source === undefined ? {} : { source }),
  };
  const use = await keptUse(path);
  if (use.kind === "unusable")
    return { name, path, bytes, ...known, error: t(use.error.sentence, ...use.error.values) };
  const { parameters, contextTokens, fits, reasons, fim } = use;
  const quant = quantIn(name);
  const about = { parameters, contextTokens, fits, reasons, ...(quant === undefined ? {} : { quant }) };
  return { name, path, bytes, ...about, ...(fim === undefined ? {} : { fim }), ...known };
}

function modelCells(model: ListedModel, { t, language }: Localizer): readonly string[] {
  const { name, bytes, quant = "", contextTokens, licence = "", error } = model;
  const first = [`embedded/${name}`, byteSize(bytes)];
  if (error !== undefined) return [...first, error];
  const context = contextTokens === undefined ? "" : t("context {0}", contextTokens.toLocaleString(language));
  return [...first, useText(model, t), quant, context, licence];
}

function useText({ fits = [], reasons = false }: ListedModel, t: Localizer["t"]): string {
  if (fits.includes("complete")) return t("completion");
  if (fits.includes("embed")) return t("embedding");
  return reasons ? t("reasoning") : t("chat");
}

function leftoverCells({ name, bytes, total }: Leftover): readonly string[] {
  return [name, total === undefined ? byteSize(bytes) : `${byteSize(bytes)} / ${byteSize(total)}`];
}
