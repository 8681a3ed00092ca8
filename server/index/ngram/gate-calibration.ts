/** Calibrates the gates in the background, one guess at a time, so that no question waits longer than for one. */

import { setImmediate as nextTurn } from "node:timers/promises";
import { languageOfPath } from "../../text/language-of-path.ts";
import { readSource } from "../crawl/crawl.ts";
import type { Gates, Rehearsal } from "./gates.ts";
import type { NgramModel } from "./ngram-model.ts";
import { lineEnds } from "./rehearsal.ts";

/** Guesses a language. */
const mostRehearsals = 240;
/** Beyond this a document takes longer to read than a guess may. */
const longestFile = 60_000;

export async function calibrateGates(gates: Gates, model: NgramModel, signal: AbortSignal): Promise<void> {
  for (const [language, files] of byLanguage(model)) {
    const rehearsals: Rehearsal[] = [];
    for (const [path, count] of shares(files, mostRehearsals)) {
      const source = await readSource(path);
      if (!("text" in source) || source.text.length > longestFile) continue;
      for (const { text, offset, expected } of lineEnds(source.text, count)) {
        // What is not chained yet is not found: guesses would be worse than they will be.
        while (model.isBehind && !signal.aborted) await nextTurn();
        if (signal.aborted) return;
        const [guess] = model.guesses(path, { text, offset });
        if (guess)
          rehearsals.push({ confidence: guess.confidence, right: guess.text.trimEnd() === expected });
        await nextTurn();
      }
    }
    gates.calibrate(language, rehearsals);
  }
}

interface CountedFile {
  readonly path: string;
  readonly tokens: number;
}

/** The languages of the files, the one with the most tokens first. */
function byLanguage(model: NgramModel): [string, readonly CountedFile[]][] {
  const files = [...model.paths()].map((path) => ({ path, tokens: model.tokensOf(path) }));
  const found = Map.groupBy(files, ({ path }) => languageOfPath(path));
  found.delete("plaintext");
  return [...found].sort(([, a], [, b]) => sum(b) - sum(a));
}

/** How many of `count` places fall into each file, when they lie evenly apart over the tokens of all. */
function shares(files: readonly CountedFile[], count: number): Map<string, number> {
  const step = sum(files) / count;
  const found = new Map<string, number>();
  let next = step / 2;
  let end = 0;
  for (const { path, tokens } of files) {
    end += tokens;
    for (; next < end; next += step) found.set(path, (found.get(path) ?? 0) + 1);
  }
  return found;
}

function sum(files: readonly CountedFile[]): number {
  return files.reduce((total, { tokens }) => total + tokens, 0);
}
