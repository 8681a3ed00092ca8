/**
 * The server's words in the person's language. The English sentence is the key, as in `vscode.l10n`;
 * both faces share `l10n/bundle.l10n.<locale>.json`.
 */

import { oneLine } from "./one-line.ts";

export const languages = ["en", "zh-cn"] as const;
export type Language = (typeof languages)[number];

export type LocalizedValue = string | number;

export interface Localizer {
  readonly language: Language;
  /** The sentence in the person's language, `{0}`, `{1}` … replaced by `values`; none of them begins a line of its own. */
  readonly t: (sentence: string, ...values: readonly LocalizedValue[]) => string;
}

export function createLocalizer(language: Language, bundle: Readonly<Record<string, string>>): Localizer {
  return {
    language,
    t: (sentence, ...values) => fill(bundle[sentence] ?? sentence, values),
  };
}

export const english: Localizer = createLocalizer("en", {});

/** The supported language nearest to a BCP 47 tag such as `zh-CN` or `zh_CN.UTF-8`; English otherwise. */
export function languageOf(tag: string | undefined): Language {
  return /^zh\b(?![-_](tw|hk|mo|hant))/i.test((tag ?? "").replace("_", "-")) ? "zh-cn" : "en";
}

/** The language that the environment names: the first of its variables that is set and not empty. */
export function languageOfEnvironment(env: Readonly<Record<string, string | undefined>>): Language {
  return languageOf(env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"]);
}

function fill(sentence: string, values: readonly LocalizedValue[]): string {
  return sentence.replace(/\{(\d+)\}/g, (whole, index: string) =>
    oneLine(String(values[Number(index)] ?? whole)),
  );
}
