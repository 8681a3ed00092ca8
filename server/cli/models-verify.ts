/** `hearth models verify`: whether every model is still, byte for byte, what was fetched. */

import { buildCommand, type Command } from "@stricli/core";
import type { Localizer } from "../base/l10n.ts";
import type { VerifiedModel } from "../fetch/model-folder.ts";
import type { CliContext } from "./cli-context.ts";
import type { Outcome } from "./failure.ts";
import { withProgress } from "./fetch-verb.ts";
import { type GlobalFlags, globalFlags } from "./global-flags.ts";
import { type Paint, paintFor } from "./paint.ts";
import { runVerb } from "./run-verb.ts";
import { visibleText } from "./visible-text.ts";

export function verifyCommand(localizer: Localizer): Command<CliContext> {
  return buildCommand<GlobalFlags, [], CliContext>({
    docs: { brief: localizer.t("Check the models against the SHA-256 that they were fetched with") },
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
  const text = models.map((model) => lineOf(model, paint, localizer)).join("\n");
  const json = { models: models.map((model) => jsonOf(model, localizer)) };
  const bad = models.filter(({ state }) => state === "changed" || state === "unusable");
  if (bad.length === 0)
    return { kind: "done", json, text: text === "" ? t("There are no models here yet.") : text };
  const failure = {
    code: "check-failed",
    message: t("{0} of {1} models cannot be trusted.", bad.length, models.length),
    mend: t("Remove them with hearth models rm, and pull them again."),
  };
  return { kind: "failed", failure, json, text };
}

function lineOf({ name, state, error }: VerifiedModel, paint: Paint, { t }: Localizer): string {
  const said = {
    sound: () => paint.good(t("unchanged")),
    changed: () => paint.bad(t("not what was fetched")),
    unknown: () => paint.warn(t("its header is sound; nobody said which SHA-256 it must have")),
    unusable: () => paint.bad(visibleText(error ? t(error.sentence, ...error.values) : "")),
  }[state]();
  return `${visibleText(name)}  ${said}`;
}
