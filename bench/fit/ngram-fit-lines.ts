/**
 * Fits the weights of `server/index/ngram/confidence.ts` to the tuning packages: `node bench/fit/ngram-fit-lines.ts
 * [--cases 1000]`. Prints them, and how often a guess was right by the confidence that it would have.
 */

import { parseArgs } from "node:util";
import { NgramModel } from "../../server/index/ngram/ngram-model.ts";
import { casesPerPackage, type LineEndCase, lineEndCases } from "../cases/line-ends.ts";
import { loadPackage, tuningPackages } from "../cases/packages.ts";
import { ascend, chances, likelihood, type Sample } from "./log-linear.ts";

const { values } = parseArgs({ options: { cases: { type: "string", default: "1000" } } });

const samples: Sample[] = [];
for (const spec of tuningPackages) {
  const source = await loadPackage(spec);
  const model = new NgramModel();
  for (const file of source.files) model.add(file.path, file.text);
  const cases = lineEndCases(source, casesPerPackage + Number(values.cases)).slice(casesPerPackage);
  samples.push(...cases.map((item) => sampleOf(item, model)));
}
const fitted = ascend(samples, [1, 0.6, 0.6, 0.6, 0.6, 2]);
const [chance, ...rest] = fitted.map((weight) => Math.round(weight * 1000) / 1000);
console.log(`${samples.length} lines, log likelihood ${likelihood(samples, fitted).toFixed(4)}`);
console.log({ chanceWeight: chance, fitWeights: rest.slice(0, 4), noneOfThem: -(rest[4] ?? 0) });
console.table(reliability());

function sampleOf(item: LineEndCase, model: NgramModel): Sample {
  const guesses = model.guesses(item.path, item);
  return {
    signs: guesses.map((guess) =>
      Float64Array.of(guess.chance, ...guess.fits, ...[0, 0, 0, 0].slice(guess.fits.length), 1),
    ),
    target: guesses.findIndex((guess) => guess.text.trimEnd() === item.expected),
  };
}

/** For each tenth of confidence, how often the surest line was right. */
function reliability(): { readonly from: number; readonly guesses: number; readonly right: number }[] {
  const tenths = Array.from({ length: 10 }, (_, i) => ({ from: i / 10, guesses: 0, right: 0 }));
  for (const sample of samples) {
    const { all } = chances(sample, fitted);
    const top = Math.max(0, ...all);
    const tenth = tenths[Math.min(9, Math.floor(top * 10))];
    if (!tenth) continue;
    tenth.guesses++;
    if (all.indexOf(top) === sample.target && top > 0) tenth.right++;
  }
  return tenths.map(({ from, guesses, right }) => ({
    from,
    guesses,
    right: Math.round((100 * right) / Math.max(1, guesses)) / 100,
  }));
}
