/** Reads the words of a language; a bundle that is missing or broken means English, never a failure. */

import { readFileSync } from "node:fs";
import { createLocalizer, english, type Language, type Localizer } from "./l10n.ts";

/** `folder` holds `bundle.l10n.<language>.json`. */
export function readLocalizer(language: Language, folder: string): Localizer {
  if (language === "en") return english;
  try {
    const bundle: unknown = JSON.parse(readFileSync(`${folder}/bundle.l10n.${language}.json`, "utf8"));
    return isBundle(bundle) ? createLocalizer(language, bundle) : english;
  } catch (error) {
    if (error instanceof Error) return english;
    throw error;
  }
}

function isBundle(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((sentence) => typeof sentence === "string")
  );
}
