/** `hearth ask QUESTION`: one answer of the reason model, streamed. */

import { buildCommand, type Command } from "@stricli/core";
import type { Localizer } from "../base/l10n.ts";
import type { Settings } from "../config/schema.ts";
import { type AnswerPart, answerQuestion } from "../features/chat/answer-question.ts";
import { explainAnswerError } from "../features/chat/explain-answer-error.ts";
import type { Source } from "../features/chat/question-prompt.ts";
import { toRuntimeError } from "../model/runtime-error.ts";
import { AnswerPrinter } from "./answer-printer.ts";
import type { CliContext, OpenReasonModel } from "./cli-context.ts";
import { failed, type Outcome } from "./failure.ts";
import { type GlobalFlags, globalFlags, settingsOf, warnOfProblems } from "./global-flags.ts";
import { type LineRange, parseLineRange, readLines } from "./line-range.ts";
import { runVerb } from "./run-verb.ts";
import { heardParts } from "./still-waiting.ts";

interface AskFlags extends GlobalFlags {
  readonly file?: readonly LineRange[];
  readonly thinking?: Thinking;
  readonly "show-thinking": boolean;
}

type Thinking = "auto" | number;

export function askCommand(localizer: Localizer): Command<CliContext> {
  const { t } = localizer;
  return buildCommand<AskFlags, [string], CliContext>({
    docs: { brief: t("Ask the reason model a question") },
    parameters: {
      positional: {
        kind: "tuple",
        parameters: [
          {
            placeholder: "QUESTION",
            brief: t("What you want to know"),
            parse: (text) => questionOf(text, t),
          },
        ],
      },
      flags: {
        ...globalFlags(localizer),
        file: {
          kind: "parsed",
          parse: parseLineRange,
          optional: true,
          variadic: true,
          placeholder: "FILE[:START-END]",
          brief: t("A file, or lines of it, to show beside the question"),
        },
        thinking: {
          kind: "parsed",
          parse: (text) => parseThinking(text, t),
          optional: true,
          placeholder: "BUDGET",
          brief: t("Tokens for thinking: a number, off, or auto"),
        },
        "show-thinking": {
          kind: "boolean",
          default: false,
          withNegated: false,
          brief: t("Print the thoughts to standard error, where that is no terminal too"),
        },
      },
    },
    func(flags, question) {
      return runVerb({ context: this, json: flags.json }, () => ask(this, flags, question));
    },
  });
}

function questionOf(text: string, t: Localizer["t"]): string {
  if (text.trim() === "") throw new SyntaxError(t("a question has words"));
  return text;
}

function parseThinking(text: string, t: Localizer["t"]): Thinking {
  if (text === "auto") return text;
  if (text === "off") return 0;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new SyntaxError(t("{0} is neither a number of tokens, off nor auto", text));
}

async function ask(context: CliContext, flags: AskFlags, text: string): Promise<Outcome> {
  const { cwd, localizer, signal } = context;
  const run = await settingsOf(flags, context);
  warnOfProblems(run, context);
  const { settings } = run;
  const sources: Source[] = [];
  for (const range of flags.file ?? []) {
    const read = await readLines(range, { cwd, localizer });
    if (read.kind === "failed") return failed(read.failure);
    sources.push(read.source);
  }
  const thinking = typeof flags.thinking === "number" ? { thinkingTokens: flags.thinking } : {};
  const model = await openModel(settings, context);
  if ("kind" in model) return model;
  try {
    const parts = answerQuestion(
      { text, sources, ...thinking },
      { info: model.info, runtime: model.runtime, sampling: settings.sampling },
      signal,
    );
    const heard = heardParts(parts, context);
    if (flags.json) return await printJson(heard, context);
    const thoughts = flags["show-thinking"] ? "always" : "on a terminal";
    return await printText(heard, new AnswerPrinter(context, { info: model.info, thoughts }), context);
  } finally {
    model.dispose();
  }
}

async function openModel(settings: Settings, context: CliContext): Promise<OpenReasonModel | Outcome> {
  const { localizer, signal } = context;
  try {
    return await context.openReasonModel(settings, signal);
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return failure(thrown, localizer);
  }
}

/** What went before an error stays printed; the error is the last line. */
async function printJson(
  parts: AsyncIterable<AnswerPart>,
  { process, localizer }: CliContext,
): Promise<Outcome> {
  try {
    for await (const part of parts) process.stdout.write(`${JSON.stringify(part)}\n`);
    return { kind: "printed" };
  } catch (thrown) {
    return failure(thrown, localizer);
  }
}

async function printText(
  parts: AsyncIterable<AnswerPart>,
  printer: AnswerPrinter,
  context: CliContext,
): Promise<Outcome> {
  try {
    for await (const part of parts) printer.print(part);
    return { kind: "printed" };
  } catch (thrown) {
    return failure(thrown, context.localizer);
  } finally {
    printer.end();
  }
}

function failure(thrown: unknown, localizer: Localizer): Outcome {
  const { code, message, mend } = explainAnswerError(toRuntimeError(thrown), localizer);
  return failed({ code, message, mend });
}
