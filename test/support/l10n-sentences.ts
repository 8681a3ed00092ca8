/** The sentences that the code says to a person, found in its source, and the keys that the manifest names. */

import { parseSync, Visitor } from "oxc-parser";

export interface FoundSentences {
  readonly sentences: readonly string[];
  /** Calls of `t` whose sentence is not written there as one string: nobody could translate it. */
  readonly unreadable: readonly string[];
}

/** Every `t("…")` and `….t("…")`. */
export function sentencesIn(path: string, text: string): FoundSentences {
  const { program } = parseSync(path, text);
  const sentences: string[] = [];
  const unreadable: string[] = [];
  new Visitor({
    CallExpression(call) {
      const { callee } = call;
      const isT =
        (callee.type === "Identifier" && callee.name === "t") ||
        (callee.type === "MemberExpression" &&
          callee.property.type === "Identifier" &&
          callee.property.name === "t");
      if (!isT) return;
      const [sentence] = call.arguments;
      if (sentence?.type === "Literal" && typeof sentence.value === "string") sentences.push(sentence.value);
      else unreadable.push(`${path}:${text.slice(0, call.start).split("\n").length}`);
    },
  }).visit(program);
  return { sentences, unreadable };
}

/** Every `%key%` of the manifest. */
export function manifestKeys(manifest: string): readonly string[] {
  return [...manifest.matchAll(/"%([^"%]+)%"/g)].map(([, key]) => key ?? "");
}

export interface WordGaps {
  readonly missing: readonly string[];
  readonly dead: readonly string[];
  /** Translations that do not use the same `{0}`, `{1}` … as their sentence. */
  readonly uneven: readonly string[];
}

export function wordGaps(
  used: readonly string[],
  words: Readonly<Record<string, string>>,
  sentenceOf: (key: string) => string,
): WordGaps {
  const wanted = new Set(used);
  return {
    missing: [...wanted].filter((key) => !words[key]),
    dead: Object.keys(words).filter((key) => !wanted.has(key)),
    uneven: Object.entries(words)
      .filter(([key, text]) => placeholders(sentenceOf(key)) !== placeholders(text))
      .map(([key]) => key),
  };
}

function placeholders(text: string): string {
  return [...new Set(text.match(/\{\d+\}/g))].sort().join("");
}
