/** `hearth models quantize`: makes a smaller model of one that is here. */

import { buildCommand, type Command } from "@stricli/core";
import type { Localizer } from "../base/l10n.ts";
import type { CliContext } from "./cli-context.ts";
import { withProgress } from "./fetch-verb.ts";
import { type GlobalFlags, globalFlags, settingsOf } from "./global-flags.ts";
import { runVerb } from "./run-verb.ts";
import { visibleText } from "./visible-text.ts";

export function quantizeCommand(localizer: Localizer): Command<CliContext> {
  const { t } = localizer;
  return buildCommand<GlobalFlags, [string, string], CliContext>({
    docs: {
      brief: t("Make a smaller model of one that is here"),
      fullDescription: t(
        "By llama.cpp's llama-quantize, on PATH or beside llama-server; for ollama/NAME by Ollama itself.",
      ),
    },
    parameters: {
      flags: globalFlags(localizer),
      positional: {
        kind: "tuple",
        parameters: [
          { placeholder: "NAME", brief: t("As hearth models list names it"), parse: String },
          { placeholder: "QUANT", brief: t("As llama.cpp names it, such as {0}", "Q4_K_M"), parse: String },
        ],
      },
    },
    func(flags, name, quant) {
      return runVerb({ context: this, json: flags.json }, () =>
        withProgress(this, async (onProgress) => {
          const { settings } = await settingsOf(flags, this);
          const made = await this.models.quantize({ name, quant, settings, onProgress }, this.signal);
          return { kind: "done", json: made, text: visibleText(t("Made {0}.", made.model)) };
        }),
      );
    },
  });
}
