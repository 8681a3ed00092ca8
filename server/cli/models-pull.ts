/** `hearth models pull`: fetches a model, when the person has seen from where, how much, and on what terms. */

import { buildCommand, type Command } from "@stricli/core";
import { byteSize } from "../base/byte-size.ts";
import type { Localizer } from "../base/l10n.ts";
import type { FetchQuestion } from "../fetch/fetch-question.ts";
import { questionText } from "../fetch/fetch-words.ts";
import type { CliContext } from "./cli-context.ts";
import type { Outcome } from "./failure.ts";
import { confirmed, withProgress, yesFlag } from "./fetch-verb.ts";
import { type GlobalFlags, globalFlags, settingsOf } from "./global-flags.ts";
import { runVerb } from "./run-verb.ts";
import { visibleText } from "./visible-text.ts";

interface PullFlags extends GlobalFlags {
  readonly yes: boolean;
}

export function pullCommand(localizer: Localizer): Command<CliContext> {
  const { t } = localizer;
  return buildCommand<PullFlags, [string], CliContext>({
    docs: {
      brief: t("Fetch a model, and go on where an earlier try stopped"),
      fullDescription: [
        t(
          "NAME is one of the catalogue, a file of a repository, or a quantisation that it has; a SHA-256 may stand behind it:",
        ),
        "",
        "qwen2.5-coder-1.5b",
        "qwen2.5-coder-1.5b:Q8_0",
        "OWNER/REPOSITORY/FILE.gguf",
        "OWNER/REPOSITORY:Q4_K_M",
        "OWNER/REPOSITORY/FILE.gguf@sha256:HEX",
        "ollama/deepseek-r1:7b",
        "",
        t(
          "An Ollama that runs pulls and keeps what is named ollama/… or without a quantisation; all else comes from models.source to Hearth's own folder.",
        ),
      ].join("\n"),
    },
    parameters: {
      flags: {
        ...globalFlags(localizer),
        yes: yesFlag(localizer),
      },
      positional: {
        kind: "tuple",
        parameters: [{ placeholder: "NAME", brief: t("What to fetch"), parse: String }],
      },
    },
    func(flags, name) {
      return runVerb({ context: this, json: flags.json }, () => pull(this, flags, name));
    },
  });
}

async function pull(context: CliContext, flags: PullFlags, name: string): Promise<Outcome> {
  const { localizer, signal, models } = context;
  const { settings } = await settingsOf(flags, context);
  const { t } = localizer;
  const { yes } = flags;
  const ask = (asked: FetchQuestion, stop: AbortSignal) => {
    const question = asked.kind === "look-up" ? t("Ask it?") : t("Fetch it?");
    return confirmed({ shown: questionText(asked, localizer), question, yes }, context, stop);
  };
  return withProgress(context, async (onProgress) => {
    const pulled = await models.pull({ name, settings, ask, onProgress }, signal);
    const { state, model, bytes } = pulled;
    const text =
      state === "there"
        ? t("{0} is here already.", model)
        : t("Fetched {0} ({1}). Its SHA-256 is the promised one.", model, byteSize(bytes));
    return { kind: "done", json: pulled, text: visibleText(text) };
  });
}
