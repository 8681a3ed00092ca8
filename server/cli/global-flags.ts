/** The flags that every verb takes, and the settings that they lead to. */

import type { FlagParametersForType } from "@stricli/core";
import { type Language, type Localizer, languageOf, languages } from "../base/l10n.ts";
import type { Settings } from "../config/schema.ts";
import { describeProblems } from "../config/setting-problem.ts";
import { loadSettings } from "../config/settings-layers.ts";
import type { CliContext } from "./cli-context.ts";
import { paintFor } from "./paint.ts";
import { refuseTyped } from "./usage-error.ts";
import { visibleText } from "./visible-text.ts";

export interface GlobalFlags {
  readonly json: boolean;
  readonly root?: string;
  readonly settings?: string;
  readonly set?: readonly string[];
  readonly lang?: Language;
}

export function globalFlags({ t }: Localizer): FlagParametersForType<GlobalFlags, CliContext> {
  return {
    json: {
      kind: "boolean",
      brief: t("Print JSON to standard output"),
      default: false,
      withNegated: false,
    },
    root: {
      kind: "parsed",
      parse: String,
      optional: true,
      placeholder: "DIR",
      brief: t("The folder to read [default: the Git root]"),
    },
    settings: {
      kind: "parsed",
      parse: String,
      optional: true,
      placeholder: "FILE.json",
      brief: t("A file of settings for this run"),
    },
    set: {
      kind: "parsed",
      parse: String,
      optional: true,
      variadic: true,
      placeholder: "KEY=VALUE",
      brief: t("One setting for this run, as key=value"),
    },
    lang: {
      kind: "parsed",
      parse: (tag) => languageNamed(tag, t),
      optional: true,
      placeholder: languages.join("|"),
      proposeCompletions: () => languages,
      brief: t("The language of what is printed"),
    },
  };
}

/** As LANG has it, too; what is another language is refused. */
function languageNamed(tag: string, t: Localizer["t"]): Language {
  const language = languageOf(tag);
  if (language !== "en" || /^en\b/i.test(tag.replaceAll("_", "-"))) return language;
  throw new SyntaxError(t("it must be one of {0}", languages.join(", ")));
}

export interface RunSettings {
  readonly settings: Settings;
  /** What is wrong with them, in sentences. */
  readonly problems: readonly string[];
}

/** Says on standard error what is wrong with them; the verb goes on without. */
export function warnOfProblems({ problems }: RunSettings, { process, localizer }: CliContext): void {
  if (problems.length === 0) return;
  const { stderr } = process;
  const paint = paintFor(stderr);
  for (const problem of problems) stderr.write(`${paint.warn(visibleText(problem))}\n`);
  const mend = localizer.t("Correct or remove what is named. docs/settings.md lists every setting.");
  stderr.write(`${paint.dim(mend)}\n`);
}

/** Throws a UsageError where what was typed for this run cannot be used. */
export async function settingsOf(flags: GlobalFlags, context: CliContext): Promise<RunSettings> {
  const { settings, problems } = await loadSettings({
    home: context.home,
    ...(flags.settings === undefined ? {} : { file: flags.settings }),
    assignments: flags.set ?? [],
  });
  refuseTyped(problems, flags.settings, context.localizer);
  return { settings, problems: describeProblems(problems, context.localizer) };
}
