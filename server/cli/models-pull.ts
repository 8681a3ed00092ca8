/** `hearth models pull`: fetches a model, when the person has seen from where, how much, and on what terms. */

import { buildCommand, type Command } from "@stricli/core";
import { byteSize } from "../base/byte-size.ts";
import type { Localizer } from "../base/l10n.ts";
import type { FetchAnswer, FetchQuestion } from "../fetch/fetch-question.ts";
import { questionText } from "../fetch/fetch-words.ts";
import type { CliContext } from "./cli-context.ts";
import type { Outcome } from "./failure.ts";
import { withProgress } from "./fetch-verb.ts";
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
      ].join("\n"),
    },
    parameters: {
      flags: {
        ...globalFlags(localizer),
        yes: {
          kind: "boolean",
          brief: t("Confirm host, size and licence without being asked"),
          default: false,
          withNegated: false,
        },
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
  const ask = (question: FetchQuestion, stop: AbortSignal) => answer(question, { context, flags }, stop);
  return withProgress(context, async (onProgress) => {
    const pulled = await models.pull({ name, settings, ask, onProgress }, signal);
    const { state, model, bytes } = pulled;
    const text =
      state === "there"
        ? localizer.t("{0} is here already.", model)
        : localizer.t("Fetched {0} ({1}). Its SHA-256 is the promised one.", model, byteSize(bytes));
    return { kind: "done", json: pulled, text: visibleText(text) };
  });
}

interface Asked {
  readonly context: CliContext;
  readonly flags: PullFlags;
}

async function answer(
  question: FetchQuestion,
  { context, flags }: Asked,
  signal: AbortSignal,
): Promise<FetchAnswer> {
  const { confirm, localizer, process } = context;
  const { t } = localizer;
  if (flags.yes || confirm) process.stderr.write(`${visibleText(questionText(question, localizer))}\n`);
  if (flags.yes) return "yes";
  if (!confirm) return "nobody";
  return (await confirm(question.kind === "look-up" ? t("Ask it?") : t("Fetch it?"), signal)) ? "yes" : "no";
}
