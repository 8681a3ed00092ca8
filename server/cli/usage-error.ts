/** A setting that was typed for one run and cannot be used: nothing is done without it. */

import type { Localizer } from "../base/l10n.ts";
import type { Kind } from "../config/kinds.ts";
import { nearestKey } from "../config/nearest-key.ts";
import { schema } from "../config/schema.ts";
import type { SettingProblem } from "../config/setting-problem.ts";

/** The message is in the person's language. */
export class UsageError extends Error {}

/** Throws where a problem is with `--set`, or with the file of `--settings` as a whole. */
export function refuseTyped(
  problems: readonly SettingProblem[],
  file: string | undefined,
  localizer: Localizer,
): void {
  const typed = problems.filter(({ origin, kind }) =>
    origin === file ? kind !== "unknown-key" && kind !== "wrong-type" : origin === "--set",
  );
  if (typed.length > 0)
    throw new UsageError(typed.map((problem) => sentenceOf(problem, localizer)).join("\n"));
}

function sentenceOf(problem: SettingProblem, localizer: Localizer): string {
  const { t } = localizer;
  const { origin } = problem;
  switch (problem.kind) {
    case "wrong-type": {
      const { key, found } = problem;
      const kind: Kind<unknown> = schema[key].kind;
      const fault = kind.fault?.(found);
      return fault
        ? t(
            "{0} must be {1}, not {2}.",
            [key, ...fault.path].join("."),
            fault.expected(localizer),
            text(fault.found),
          )
        : t("{0} must be {1}, not {2}.", key, kind.expected(localizer), text(found));
    }
    case "unknown-key": {
      const near = nearestKey(problem.key);
      const sentence = t("{0} is not a setting of Hearth.", problem.key);
      return near === undefined ? sentence : t("{0} Did you mean {1}?", sentence, near);
    }
    case "prefixed-key":
      return t("Outside an editor the key of {0} is {1}.", problem.written, problem.key);
    case "no-key":
    case "no-value":
      return t("--set takes KEY=VALUE, not {0}.", problem.text);
    case "not-an-object":
      return t("{0} must hold an object of settings.", origin);
    case "broken-json":
      return t("{0}:{1}:{2} is not valid JSON.", origin, problem.line, problem.column);
    case "not-a-file":
      return t("{0} is not a file.", origin);
    case "no-file":
      return t("There is no file {0}.", origin);
    case "unreadable":
      return t("{0} cannot be read ({1}).", origin, problem.reason);
  }
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
