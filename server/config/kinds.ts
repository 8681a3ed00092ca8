/** The kinds of value that a setting can have: one place gives their check, their JSON Schema and their words. */

import { isAbsolute } from "node:path";
import type { Localizer } from "../base/l10n.ts";

export interface Kind<T> {
  /** In a word or two, as a table has room for it; the same in every language. */
  readonly name: string;
  /** JSON Schema, as the editor's settings page reads it. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** The value, or undefined when it is not of this kind. */
  parse(value: unknown): T | undefined;
  /** What is expected, to stand after "must be". */
  expected(localizer: Localizer): string;
  /** The part that is wrong in a value with parts, where it is one part. */
  fault?(value: unknown): Fault | undefined;
}

export interface Fault {
  /** The names that lead to it. */
  readonly path: readonly string[];
  readonly found: unknown;
  expected(localizer: Localizer): string;
}

export const boolean: Kind<boolean> = {
  name: "boolean",
  schema: { type: "boolean" },
  parse: (value) => (typeof value === "boolean" ? value : undefined),
  expected: ({ t }) => t("true or false"),
};

export function integer(bounds: { readonly minimum: number; readonly maximum: number }): Kind<number> {
  const { minimum, maximum } = bounds;
  return {
    name: `integer ${minimum}…${maximum}`,
    schema: { type: "integer", minimum, maximum },
    parse: (value) =>
      typeof value === "number" && Number.isInteger(value) && value >= minimum && value <= maximum
        ? value
        : undefined,
    expected: ({ t }) => t("a whole number from {0} to {1}", minimum, maximum),
  };
}

export function choice<const T extends string>(values: readonly T[]): Kind<T> {
  return {
    name: values.map((value) => JSON.stringify(value)).join(" | "),
    schema: { type: "string", enum: values },
    parse: (value) => values.find((allowed) => allowed === value),
    expected: ({ t }) => t("one of {0}", values.map((value) => JSON.stringify(value)).join(", ")),
  };
}

/** `length`: of all of them together. */
export function stringList(most: {
  readonly items: number;
  readonly length: number;
}): Kind<readonly string[]> {
  return {
    name: "string[]",
    schema: { type: "array", items: { type: "string" }, maxItems: most.items },
    parse: (value) =>
      Array.isArray(value) &&
      value.length <= most.items &&
      value.every(isString) &&
      value.reduce((length, item) => length + item.length, 0) <= most.length
        ? value
        : undefined,
    expected: ({ t }) =>
      t("a list of at most {0} strings, with at most {1} characters in all", most.items, most.length),
  };
}

/** True or false by language identifier, `*` for every other language. */
export const languageSwitches: Kind<Readonly<Record<string, boolean>>> = {
  name: "{ language: boolean }",
  schema: { type: "object", additionalProperties: { type: "boolean" } },
  parse: (value) => (isObject(value) && hasOnly(value, isBoolean) ? value : undefined),
  expected: ({ t }) =>
    t("an object of true or false by language, such as {0}", '{"*": true, "markdown": false}'),
};

const rolePattern = /^(auto|off|builtin\/ngram|(embedded|ollama|llama-server|openai)\/\S.*)$/;

/** Who fills a role: `auto`, `off`, or `<runtime>/<model>`. */
export const role: Kind<string> = {
  name: "string",
  schema: { type: "string", pattern: rolePattern.source },
  parse: (value) => (isString(value) && rolePattern.test(value) ? value : undefined),
  expected: ({ t }) =>
    t('"auto", "off" or a runtime and a model, such as {0}', '"embedded/path/to/model.gguf"'),
};

/** An address of a program that is spoken to over HTTP. */
export const httpAddress: Kind<string> = {
  name: "URL",
  schema: { type: "string", format: "uri", pattern: "^https?://" },
  parse: (value) => (isString(value) && isHttp(value) ? value : undefined),
  expected: ({ t }) => t("an address such as {0}", '"http://127.0.0.1:8080"'),
};

/** As `httpAddress`, or empty where there is none. */
export const httpAddressOrNone: Kind<string> = {
  ...httpAddress,
  schema: { type: "string", pattern: "^(https?://.*)?$" },
  parse: (value) => (value === "" ? value : httpAddress.parse(value)),
};

/** A file on this machine, or empty where there is none. */
export const filePathOrNone: Kind<string> = {
  name: "path",
  schema: { type: "string" },
  parse: (value) => (isString(value) && (value === "" || isAbsolute(value)) ? value : undefined),
  expected: ({ t }) => t("the absolute path of a file"),
};

function isHttp(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === "" && password === "";
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasOnly<T>(
  value: Readonly<Record<string, unknown>>,
  is: (item: unknown) => item is T,
): value is Readonly<Record<string, T>> {
  return Object.values(value).every(is);
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}
