/** The sentences that the code says to a person, found in its source, and the keys that the manifest names. */

import { type CallExpression, parseSync, Visitor } from "oxc-parser";

export interface FoundSentences {
  readonly sentences: readonly string[];
  /** Calls whose sentence is not written there as one string: nobody could translate it. */
  readonly unreadable: readonly string[];
}

/** Hands on what another program said: there is nothing to translate. */
const asFound = "{0}";

type Argument = CallExpression["arguments"][number];

/**
 * Every `t("…")`, `….t("…")` and `new RuntimeError(code, "…", { mend: "…" })`, whose sentences are said in the
 * end by `t`.
 */
export function sentencesIn(path: string, text: string): FoundSentences {
  const { program } = parseSync(path, text);
  const sentences: string[] = [];
  const unreadable: string[] = [];
  const read = (sentence: Argument | undefined, start: number) => {
    if (isHandedOn(sentence)) return;
    if (sentence?.type !== "Literal" || typeof sentence.value !== "string") {
      unreadable.push(`${path}:${text.slice(0, start).split("\n").length}`);
    } else if (sentence.value !== asFound) sentences.push(sentence.value);
  };
  new Visitor({
    NewExpression({ callee, arguments: [, sentence, options], start }) {
      if (callee.type !== "Identifier" || callee.name !== "RuntimeError") return;
      read(sentence, start);
      const mend = propertyOf(options, "mend");
      if (mend) read(mend, start);
    },
    CallExpression(call) {
      const { callee } = call;
      const isT =
        (callee.type === "Identifier" && callee.name === "t") ||
        (callee.type === "MemberExpression" &&
          callee.property.type === "Identifier" &&
          callee.property.name === "t");
      if (isT) read(call.arguments[0], call.start);
    },
  }).visit(program);
  return { sentences, unreadable };
}

function propertyOf(argument: Argument | undefined, name: string): Argument | undefined {
  if (argument?.type !== "ObjectExpression") return undefined;
  const named = argument.properties.flatMap((property) => (property.type === "Property" ? [property] : []));
  return named.find(({ key }) => key.type === "Identifier" && key.name === name)?.value;
}

/** A `sentence` out of a variable or an error was found where it was written. */
function isHandedOn(argument: Argument | undefined): boolean {
  const named = argument?.type === "MemberExpression" ? argument.property : argument;
  return named?.type === "Identifier" && named.name === "sentence";
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
