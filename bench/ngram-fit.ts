/**
 * Fits the weights of `server/index/ngram/token-weights.ts` to the tuning packages: `node bench/ngram-fit.ts
 * [--cases 1000]`. Prints the mean log likelihood of the next token with the weights as they are, then fitted
 * ones. Deterministic; the cases are none of those that `bench/ngram.ts` counts.
 */

import { parseArgs } from "node:util";
import { DocumentIndex } from "../server/index/ngram/document-index.ts";
import { lineSite } from "../server/index/ngram/line-site.ts";
import { bracketsAfter, Mixer, type Place } from "../server/index/ngram/mixer.ts";
import { longestContext } from "../server/index/ngram/token-index.ts";
import { fittedWeights, type TokenWeights } from "../server/index/ngram/token-weights.ts";
import { idMask, TokenBuffer, tokenize } from "../server/index/ngram/tokenizer.ts";
import { isBreak, special, Vocabulary } from "../server/index/ngram/vocabulary.ts";
import { WorkspaceIndex } from "../server/index/ngram/workspace-index.ts";
import { casesPerPackage, type LineEndCase, lineEndCases } from "./cases/line-ends.ts";
import { loadPackage, tuningPackages } from "./cases/packages.ts";

const { values } = parseArgs({ options: { cases: { type: "string", default: "300" } } });

/** One place where a token followed: the signs of each candidate, and which of them it was, -1 for none. */
interface Sample {
  readonly signs: readonly Float64Array[];
  readonly target: number;
}

type Row = readonly number[];

/** Every weight as one number in a row, and the row as weights again. */
const flat = {
  of: (weights: TokenWeights): number[] => Object.values(weights).flat(),
  weights(row: Row): TokenWeights {
    let at = 0;
    const take = (value: unknown) =>
      Array.isArray(value) ? value.map(() => row[at++] ?? 0) : (row[at++] ?? 0);
    const entries = Object.entries(fittedWeights).map(([name, value]) => [name, take(value)]);
    return { ...fittedWeights, ...Object.fromEntries(entries) };
  },
};

const start = flat.of(fittedWeights);
/** A mixer that only knows one sign says what that sign is of each candidate. */
const probes = start.map((_, i) => new Mixer(flat.weights(start.map((_weight, j) => (i === j ? 1 : 0)))));
const samples: Sample[] = [];
for (const spec of tuningPackages) samples.push(...(await samplesOf(spec)));
const fitted = ascend(samples, start);
console.log(`${samples.length} places, log likelihood ${likelihood(start).toFixed(4)} before`);
console.log(`${likelihood(fitted).toFixed(4)} after`);
console.log(flat.weights(fitted.map((weight) => Math.round(weight * 1000) / 1000)));

async function samplesOf(spec: string): Promise<Sample[]> {
  const source = await loadPackage(spec);
  const vocabulary = new Vocabulary();
  const workspace = new WorkspaceIndex(vocabulary, { bytes: 2 ** 27 });
  for (const file of source.files) workspace.set(file.path, file.text);
  const cases = lineEndCases(source, casesPerPackage + Number(values.cases)).slice(casesPerPackage);
  return cases.flatMap((item) => {
    workspace.hide(item.path);
    const found = samplesAlong(item, vocabulary, workspace);
    workspace.show(item.path);
    return found;
  });
}

function samplesAlong(item: LineEndCase, vocabulary: Vocabulary, workspace: WorkspaceIndex): Sample[] {
  const document = new DocumentIndex(vocabulary, item.text);
  const site = lineSite(item.text, item.offset, vocabulary);
  document.hide(site.wordStart, site.lineEnd + 1);
  const ids = [...site.before];
  let { open } = site;
  const buffer = new TokenBuffer();
  tokenize(site.typed + item.expected, vocabulary, buffer);
  const coming = [
    ...Array.from(buffer.ids.subarray(0, buffer.length), (id) => id & idMask),
    special.breakSame,
  ];
  return coming.flatMap((id, i) => {
    const place = { vocabulary, usesOf: (of: number) => document.usesOf(of), recent: ids.slice(-6), open };
    const sample = i === 0 && site.typed ? [] : [sampleAt(ids, id, { document, workspace, place })];
    ids.push(id);
    open = bracketsAfter(open, vocabulary.textOf(id));
    return sample;
  });
}

function sampleAt(
  ids: readonly number[],
  target: number,
  from: { readonly document: DocumentIndex; readonly workspace: WorkspaceIndex; readonly place: Place },
): Sample {
  const newest = ids.slice(-longestContext).reverse();
  const context = { ids: Uint32Array.from(newest), length: newest.length };
  const signs: Float64Array[] = [];
  let at = -1;
  probes.forEach((probe, sign) => {
    probe.clear();
    from.document.index.followers(context, 96, probe.document);
    from.workspace.index.followers(context, 96, probe.workspace);
    probe.mix(from.place);
    for (let i = 0; i < probe.size; i++) {
      const row = (signs[i] ??= new Float64Array(probes.length));
      row[sign] = Math.log((probe.probabilities[i] ?? 0) / probe.unseen);
      if (probe.ids[i] === (isBreak(target) ? special.breakSame : target)) at = i;
    }
  });
  return { signs, target: at };
}

function likelihood(weights: Row): number {
  return (
    samples.reduce((sum, sample) => sum + Math.log(chances(sample, weights).ofTarget), 0) / samples.length
  );
}

/** The chance of each candidate; a token that never followed scores 0. */
function chances(
  { signs, target }: Sample,
  weights: Row,
): { readonly all: number[]; readonly ofTarget: number } {
  const scores = signs.map((row) => row.reduce((sum, sign, i) => sum + sign * (weights[i] ?? 0), 0));
  const top = Math.max(0, ...scores);
  const sum = scores.reduce((total, score) => total + Math.exp(score - top), Math.exp(-top));
  const all = scores.map((score) => Math.exp(score - top) / sum);
  return { all, ofTarget: all[target] ?? Math.exp(-top) / sum };
}

/** Gradient ascent with Adam's step sizes (Kingma and Ba 2015). */
function ascend(from: readonly Sample[], weights: Row): number[] {
  const current = [...weights];
  const mean = current.map(() => 0);
  const square = current.map(() => 0);
  for (let step = 1; step <= 150; step++) {
    const slope = gradient(from, current);
    for (const [i, value] of slope.entries()) {
      mean[i] = 0.9 * (mean[i] ?? 0) + 0.1 * value;
      square[i] = 0.99 * (square[i] ?? 0) + 0.01 * value * value;
      const rate = (0.02 * (mean[i] ?? 0)) / (1 - 0.9 ** step);
      current[i] = (current[i] ?? 0) + rate / (Math.sqrt((square[i] ?? 0) / (1 - 0.99 ** step)) + 1e-6);
    }
  }
  return current;
}

function gradient(from: readonly Sample[], weights: Row): number[] {
  const slope = weights.map((weight) => -2e-3 * weight);
  for (const sample of from) {
    const { all } = chances(sample, weights);
    for (const [candidate, row] of sample.signs.entries()) {
      const error = ((candidate === sample.target ? 1 : 0) - (all[candidate] ?? 0)) / from.length;
      if (Math.abs(error) * from.length < 1e-4) continue;
      for (let i = 0; i < row.length; i++) slope[i] = (slope[i] ?? 0) + error * (row[i] ?? 0);
    }
  }
  return slope;
}
