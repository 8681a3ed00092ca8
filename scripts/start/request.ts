/** What a person asks of `npm start`: the words of its command line, and why they will not do. */

import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { Localizer } from "../../server/base/l10n.ts";
import { type Cursor, parseCursor } from "../../server/cli/cursor.ts";
import type { Failure } from "../../server/cli/failure.ts";
import { explainError } from "../../server/model/explain-error.ts";
import type { ModelFileFinding } from "../../server/model/findings.ts";
import { inspectLocalModel } from "../../server/runtime/embedded/local-models.ts";

export interface StartRequest {
  readonly kind: "show";
  readonly cursor: Cursor | undefined;
  /** The GGUF files that the person has named. */
  readonly models: readonly string[];
}

export type StartArguments =
  | StartRequest
  | { readonly kind: "help" }
  /** In a sentence. */
  | { readonly kind: "wrong"; readonly why: string };

export function parseStartArguments(words: readonly string[], localizer: Localizer): StartArguments {
  const { t } = localizer;
  const plain = words.filter((word, index) => !isLanguage(word) && words[index - 1] !== "--lang");
  if (plain.some((word) => word === "--help" || word === "-h")) return { kind: "help" };
  const option = plain.find((word) => word.startsWith("-"));
  if (option !== undefined) return { kind: "wrong", why: t("There is no option {0}.", option) };
  const models = plain.filter((word) => /\.gguf$/i.test(word));
  const [place, second] = plain.filter((word) => !models.includes(word));
  if (second !== undefined)
    return { kind: "wrong", why: t("Name one place at a time; {0} is too many.", second) };
  const cursor = place === undefined ? undefined : parseCursor(place);
  if (place !== undefined && !cursor) return { kind: "wrong", why: whyNoPlace(place, localizer) };
  return { kind: "show", cursor, models: models.map((path) => resolve(path)) };
}

/** Why a model that was named cannot complete; undefined when all can. */
export async function modelFailure(
  models: readonly string[],
  localizer: Localizer,
): Promise<Failure | undefined> {
  const files = await Promise.all(models.map(inspectLocalModel));
  return files.map((file) => failureOf(file, localizer)).find((failure) => failure !== undefined);
}

function failureOf(file: ModelFileFinding, localizer: Localizer): Failure | undefined {
  const { t } = localizer;
  if (file.kind === "model") {
    if (file.fim !== undefined) return undefined;
    return {
      code: "capability-missing",
      message: t("{0} was not trained to fill in the middle.", file.path),
      mend: t("Name a model that was, such as Qwen2.5-Coder."),
    };
  }
  if (file.error.code !== "model-not-found") return explainError(file.error, localizer);
  return {
    code: "model-not-found",
    message: t("There is no file {0}.", file.path),
    mend: t("Check the path; npm start takes it from {0}.", process.cwd()),
  };
}

function isLanguage(word: string): boolean {
  return word === "--lang" || word.startsWith("--lang=");
}

function whyNoPlace(word: string, { t }: Localizer): string {
  const found = statSync(word, { throwIfNoEntry: false });
  if (found?.isDirectory()) return t("{0} is a folder; name a place in a file.", word);
  if (found) return t("{0} lacks a line and a column: write it as {1}.", word, `${word}:1:1`);
  return t("{0} is neither a place in a file nor a GGUF.", word);
}
