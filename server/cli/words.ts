/** What the argument library says by itself, in the person's language. */

import {
  type ApplicationText,
  ArgumentScannerError,
  formatMessageForArgumentScannerError,
  text_en,
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

function argumentProblem(error: ArgumentScannerError, localizer: Localizer): string {
  const { t } = localizer;
  return formatMessageForArgumentScannerError(error, {
    FlagNotFoundError: ({ input, corrections }) =>
      withCorrections(
        t("There is no flag --{0}.", input),
        corrections.map((name) => `--${name}`),
        localizer,
      ),
    AliasNotFoundError: ({ input }) => t("There is no flag -{0}.", input),
    ArgumentParseError: ({ externalFlagNameOrPlaceholder: name, input, exception }) =>
      t(
        '{0} cannot be "{1}": {2}.',
        name,
        input,
        exception instanceof Error ? exception.message : String(exception),
      ),
    EnumValidationError: ({ externalFlagName: name, input, values }) =>
      t('--{0} must be one of {1}, not "{2}".', name, values.join(", "), input),
    InvalidNegatedFlagSyntaxError: ({ externalFlagName: name, valueText }) =>
      t("--{0} takes no value, and {1} was given.", name, valueText),
    UnexpectedFlagError: ({ externalFlagName: name }) => t("--{0} is given more than once.", name),
    UnexpectedPositionalError: ({ input }) => t('"{0}" is one argument too many.', input),
    UnsatisfiedFlagError: ({ externalFlagName: name }) => t("--{0} needs a value.", name),
    UnsatisfiedPositionalError: ({ placeholder }) => t("{0} is missing.", placeholder),
  });
}

function withCorrections(sentence: string, corrections: readonly string[], { t }: Localizer): string {
  return corrections.length === 0
    ? sentence
    : `${sentence} ${t("Did you mean {0}?", corrections.join(", "))}`;
}
