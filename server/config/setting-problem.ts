/** What can be wrong with settings, and the sentence that says it. */

import type { Localizer } from "../base/l10n.ts";
import type { Kind } from "./kinds.ts";
import { nearestKey } from "./nearest-key.ts";
import { type SettingKey, schema } from "./schema.ts";

export type SettingProblem =
  | {
      readonly kind: "wrong-type";
      readonly origin: string;
      readonly key: SettingKey;
      readonly found: unknown;
    }
  | { readonly kind: "unknown-key"; readonly origin: string; readonly key: string }
  | {
      readonly kind: "prefixed-key";
      readonly origin: string;
      readonly written: string;
      readonly key: SettingKey;
    }
  | { readonly kind: "not-an-object"; readonly origin: string }
  | { readonly kind: "no-key" | "no-value"; readonly origin: string; readonly text: string }
  | { readonly kind: "broken-json"; readonly origin: string; readonly line: number; readonly column: number }
  | { readonly kind: "not-a-file"; readonly origin: string }
  /** It was named by hand. */
  | { readonly kind: "no-file"; readonly origin: string }
  | { readonly kind: "unreadable"; readonly origin: string; readonly reason: string };

/** The origin of what an editor sends; said in words. */
export const editorOrigin = "editor";

/** How many are named; a file that is something else altogether has no end of them. */
const mostNamed = 5;
const longestText = 60;

/** A sentence for each of the first problems, and one for how many more there are. */
export function describeProblems(
  problems: readonly SettingProblem[],
  localizer: Localizer,
): readonly string[] {
  const named = problems.slice(0, mostNamed).map((problem) => describeProblem(problem, localizer));
  const more = problems.length - named.length;
  return more === 0 ? named : [...named, localizer.t("Further problems with settings: {0}.", more)];
}

/** One sentence: what is wrong, where, and what holds instead. */
export function describeProblem(problem: SettingProblem, localizer: Localizer): string {
  const { t } = localizer;
  const origin = problem.origin === editorOrigin ? t("the editor's settings") : problem.origin;
  switch (problem.kind) {
    case "wrong-type": {
      const { default: fallback } = schema[problem.key];
      const kind: Kind<unknown> = schema[problem.key].kind;
      const fault = kind.fault?.(problem.found);
      if (fault) {
        return t(
          "{0} in {1} must be {2}, not {3}; all of {4} there is ignored.",
          cut([problem.key, ...fault.path].join(".")),
          origin,
          fault.expected(localizer),
          shorten(fault.found),
          problem.key,
        );
      }
      return t(
        "{0} in {1} must be {2}, not {3}; it is ignored (the default is {4}).",
        problem.key,
        origin,
        kind.expected(localizer),
        shorten(problem.found),
        shorten(fallback),
      );
    }
    case "unknown-key": {
      const key = cut(problem.key);
      const near = key === problem.key ? nearestKey(key) : undefined;
      return near === undefined
        ? t("{0} in {1} is not a setting of Hearth; it is ignored.", key, origin)
        : t("{0} in {1} is not a setting of Hearth; it is ignored. Did you mean {2}?", key, origin, near);
    }
    case "prefixed-key":
      return t(
        "{0} in {1} is ignored: outside an editor its key is {2}.",
        problem.written,
        origin,
        problem.key,
      );
    case "not-an-object":
      return t("{0} must hold an object of settings; it is ignored.", origin);
    case "no-value":
      return t("{0} {1} has no value; it is ignored. Write it as key=value.", origin, cut(problem.text));
    case "no-key":
      return t("{0} {1} names no setting; it is ignored. Write it as key=value.", origin, cut(problem.text));
    case "broken-json":
      return t("{0}:{1}:{2} is not valid JSON; the file is ignored.", origin, problem.line, problem.column);
    case "not-a-file":
      return t("{0} is not a file; it is ignored.", origin);
    case "no-file":
      return t("There is no file {0}; it is ignored. Check the path that --settings names.", origin);
    case "unreadable":
      return t("{0} cannot be read ({1}); it is ignored.", origin, problem.reason);
  }
}

function shorten(value: unknown): string {
  return cut(JSON.stringify(value) ?? String(value));
}

function cut(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText - 3)}…` : text;
}
