/** What the argument library says by itself, in the person's language. */

import {
  AliasNotFoundError,
  type ApplicationText,
  ArgumentParseError,
  ArgumentScannerError,
  EnumValidationError,
  FlagNotFoundError,
  InvalidNegatedFlagSyntaxError,
  text_en,
  UnexpectedFlagError,
  UnexpectedPositionalError,
  UnsatisfiedFlagError,
  UnsatisfiedPositionalError,
} from "@stricli/core";
import type { Localizer } from "../base/l10n.ts";
import { visibleText } from "./visible-text.ts";

export function applicationText(localizer: Localizer): ApplicationText {
  const { t } = localizer;
  return {
    ...text_en,
    headers: {
      usage: t("USAGE"),
      aliases: t("ALIASES"),
      commands: t("COMMANDS"),
      flags: t("FLAGS"),
      arguments: t("ARGUMENTS"),
    },
    keywords: { default: t("default ="), separator: t("separator =") },
    briefs: {
      help: t("Print this help"),
      helpAll: t("Print this help with hidden commands and flags"),
      version: t("Print the version"),
      argumentEscapeSequence: t("What follows is no flag"),
    },
    noCommandRegisteredForInput: ({ input, corrections }) =>
      visibleText(withCorrections(t("There is no command {0}.", input), corrections, localizer)),
    exceptionWhileParsingArguments: (thrown) =>
      visibleText(
        thrown instanceof ArgumentScannerError ? argumentProblem(thrown, localizer) : String(thrown),
      ),
  };
}

/** By the class itself: its name is another in a bundle. */
function argumentProblem(error: ArgumentScannerError, localizer: Localizer): string {
  const { t } = localizer;
  if (error instanceof FlagNotFoundError) {
    const corrections = error.corrections.map((name) => `--${name}`);
    return withCorrections(t("There is no flag --{0}.", error.input), corrections, localizer);
  }
  if (error instanceof AliasNotFoundError) return t("There is no flag -{0}.", error.input);
  if (error instanceof ArgumentParseError) {
    const { externalFlagNameOrPlaceholder: name, input, exception } = error;
    const why = exception instanceof Error ? exception.message : String(exception);
    return t('{0} cannot be "{1}": {2}.', name, input, why);
  }
  if (error instanceof EnumValidationError) {
    const { externalFlagName: name, input, values } = error;
    return t('--{0} must be one of {1}, not "{2}".', name, values.join(", "), input);
  }
  if (error instanceof InvalidNegatedFlagSyntaxError)
    return t("--{0} takes no value, and {1} was given.", error.externalFlagName, error.valueText);
  if (error instanceof UnexpectedFlagError)
    return t("--{0} is given more than once.", error.externalFlagName);
  if (error instanceof UnexpectedPositionalError) return t('"{0}" is one argument too many.', error.input);
  if (error instanceof UnsatisfiedFlagError) return t("--{0} needs a value.", error.externalFlagName);
  if (error instanceof UnsatisfiedPositionalError) return t("{0} is missing.", error.placeholder);
  return error.message;
}

function withCorrections(
  sentence: string,
  corrections: readonly string[],
  { t, language }: Localizer,
): string {
  if (corrections.length === 0) return sentence;
  return t("{0} Did you mean {1}?", sentence, corrections.join(language === "zh-cn" ? "、" : ", "));
}
