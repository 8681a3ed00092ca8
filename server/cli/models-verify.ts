/** `hearth models verify`: whether every model is still, byte for byte, what came here. */

import { buildCommand, type Command } from "@stricli/core";
import type { Localizer } from "../base/l10n.ts";
import { oneLine } from "../base/one-line.ts";
import type { VerifiedModel } from "../fetch/model-folder.ts";
import type { CliContext } from "./cli-context.ts";
import { columns } from "./columns.ts";
import type { Outcome } from "./failure.ts";
import { withProgress } from "./fetch-verb.ts";
import { type GlobalFlags, globalFlags } from "./global-flags.ts";
import { type Paint, paintFor } from "./paint.ts";
import { runVerb } from "./run-verb.ts";
import { visibleText } from "./visible-text.ts";

export function verifyCommand(localizer: Localizer): Command<CliContext> {
  return buildCommand<GlobalFlags, [], CliContext>({
    docs: { brief: localizer.t("Check the models against the SHA-256 that they came with") },
    parameters: { flags: globalFlags(localizer) },
    func(flags) {
      return runVerb({ context: this, json: flags.json }, () =>
        withProgress(this, async (onProgress) =>
          outcomeOf(await this.models.folder.verify(onProgress, this.signal), this),
        ),
      );
    },
  });
}

/** As JSON, in the person's language too. */
function jsonOf({ name, state, error }: VerifiedModel, { t }: Localizer) {
  return { name, state, ...(error ? { why: t(error.sentence, ...error.values) } : {}) };
}

function outcomeOf(models: readonly VerifiedModel[], { localizer, process }: CliContext): Outcome {
  const { t } = localizer;
  const paint = paintFor(process.stdout);
  const text = columns(models.map((model) => cellsOf(model, paint, localizer))).join("\n");
  const json = { models: models.map((model) => jsonOf(model, localizer)) };
  const bad = models.filter(({ state }) => state === "changed" || state === "unusable");
  const [first] = bad;
  if (!first) return { kind: "done", json, text: text === "" ? t("There are no models here yet.") : text };
  const failure = {
    code: "check-failed",
    message:
      bad.length === 1
        ? t("{0} cannot be trusted.", `embedded/${first.name}`)
        : t("{0} of {1} models cannot be trusted.", bad.length, models.length),
    mend: bad.map((model) => mendOf(model, t)).join("\n"),
  };
  return { kind: "failed", failure, json, text };
}

function mendOf({ name, origin }: VerifiedModel, t: Localizer["t"]): string {
  const remove = `hearth models rm ${name}`;
  switch (origin?.kind) {
    case undefined:
      return t("Remove it: {0}.", remove);
    case "fetched":
      return t("Remove it ({0}), and pull it again from {1}.", remove, origin.source);
    case "imported":
      return t("Remove it ({0}), and import it again from {1}.", remove, origin.source);
    case "made":
      return t("Remove it ({0}), and quantise it again from {1}.", remove, origin.source);
  }
}

function cellsOf({ name, state, error, origin }: VerifiedModel, paint: Paint, { t }: Localizer) {
  const said = {
    sound: () => paint.good(t("unchanged")),
    changed: () => paint.bad(changedText(origin, t)),
    unknown: () => paint.warn(t("its header is sound; nobody said which SHA-256 it must have")),
    unusable: () => paint.bad(visibleText(error ? t(error.sentence, ...error.values) : "")),
  }[state]();
  return [visibleText(oneLine(`embedded/${name}`)), said];
}

function changedText(origin: VerifiedModel["origin"], t: Localizer["t"]): string {
  if (origin?.kind === "imported") return t("not what was imported");
  return origin?.kind === "made" ? t("not what was made") : t("not what was fetched");
}
