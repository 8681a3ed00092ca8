/** Calibrates the gates in the background, one guess at a time, so that no question waits longer than for one. */

import { setImmediate as nextTurn } from "node:timers/promises";
import { languageOfPath } from "../../text/language-of-path.ts";
import { readSource } from "../crawl/crawl.ts";
import type { Gates, Rehearsal } from "./gates.ts";
import type { NgramModel } from "./ngram-model.ts";
import { lineEnds } from "./rehearsal.ts";

/** Guesses a language, and line ends of one file. */
const mostRehearsals = 80;
const perFile = 4;
/** Beyond this a document takes longer to read than a guess may. */
const longestFile = 60_000;

export async function calibrateGates(gates: Gates, model: NgramModel, signal: AbortSignal): Promise<void> {
  for (const [language, paths] of byLanguage(model.paths())) {
    const rehearsals: Rehearsal[] = [];
    for (const path of spread(paths, mostRehearsals / perFile)) {
      const source = await readSource(path);
      if (!("text" in source) || source.text.length > longestFile) continue;
      for (const { text, offset, expected } of lineEnds(source.text, perFile)) {
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

function byLanguage(paths: Iterable<string>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const path of paths) {
    const language = languageOfPath(path);
    if (language === "plaintext") continue;
    const known = found.get(language);
    if (known) known.push(path);
    else found.set(language, [path]);
  }
  return found;
}

/** `count` of the items, evenly apart. */
function spread(items: readonly string[], count: number): string[] {
  const step = Math.max(1, items.length / count);
  const chosen: string[] = [];
  for (let at = 0; at < items.length; at += step) chosen.push(items[Math.floor(at)] ?? "");
  return chosen;
}
