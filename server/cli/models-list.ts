/** `hearth models list`: the models that are here, and the downloads that are not finished. */

import { buildCommand, type Command } from "@stricli/core";
import { byteSize } from "../base/byte-size.ts";
import type { Localizer } from "../base/l10n.ts";
import { keptUse } from "../fetch/kept-use.ts";
import type { KeptModel, Leftover } from "../fetch/model-folder.ts";
import type { CliContext } from "./cli-context.ts";
import type { Outcome } from "./failure.ts";
import { type GlobalFlags, globalFlags } from "./global-flags.ts";
import { runVerb } from "./run-verb.ts";
import { visibleText } from "./visible-text.ts";

export function listCommand(localizer: Localizer): Command<CliContext> {
  return buildCommand<GlobalFlags, [], CliContext>({
    docs: { brief: localizer.t("List the models that are here") },
    parameters: { flags: globalFlags(localizer) },
    func(flags) {
      return runVerb({ context: this, json: flags.json }, () => list(this));
    },
  });
}

interface ListedModel {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly parameters?: number;
  /** How it fills in the middle; left out when it does not. */
  readonly fim?: string;
  readonly licence?: string;
  readonly sha256?: string;
  readonly source?: string;
  /** Why it cannot be used. */
  readonly error?: string;
}

async function list({ models, localizer }: CliContext): Promise<Outcome> {
  const content = await models.folder.content();
  const listed = await Promise.all(content.models.map((model) => listedOf(model, localizer)));
  const lines = [
    ...listed.map((model) => modelLine(model, localizer)),
    ...content.leftovers.map(leftoverLine),
  ];
  const text =
    lines.length > 0
      ? lines.join("\n")
      : localizer.t("There are no models here yet. hearth models pull fetches one.");
  return { kind: "done", json: { models: listed, leftovers: content.leftovers }, text: visibleText(text) };
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
  const { parameters, fim } = use;
  return { name, path, bytes, parameters, ...(fim === undefined ? {} : { fim }), ...known };
}

function modelLine({ name, bytes, fim, licence, error }: ListedModel, { t }: Localizer): string {
  const kind = fim === undefined ? t("chat") : t("completion");
  return [`embedded/${name}`, byteSize(bytes), error ?? kind, licence ?? ""].join("  ").trimEnd();
}

function leftoverLine({ name, bytes, total }: Leftover): string {
  return total === undefined
    ? `${name}  ${byteSize(bytes)}`
    : `${name}  ${byteSize(bytes)} / ${byteSize(total)}`;
}
