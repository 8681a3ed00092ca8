/**
 * Fits the weights of `server/index/ngram/token-weights.ts` to the tuning packages: `node bench/fit/ngram-fit.ts
 * [--cases 1000]`. Prints the mean log likelihood of the next token with the weights as they are, then fitted
 * ones. Deterministic; the cases are none of those that `bench/ngram.ts` counts.
 */

import { parseArgs } from "node:util";
import { DocumentIndex } from "../../server/index/ngram/document-index.ts";
import { lineSite } from "../../server/index/ngram/line-site.ts";
import { bracketsAfter, Mixer, type Place } from "../../server/index/ngram/mixer.ts";
import { longestContext } from "../../server/index/ngram/token-index.ts";
import { fittedWeights, type TokenWeights } from "../../server/index/ngram/token-weights.ts";
import { idMask, TokenBuffer, tokenize } from "../../server/index/ngram/tokenizer.ts";
import { isBreak, special, Vocabulary } from "../../server/index/ngram/vocabulary.ts";
import { WorkspaceIndex } from "../../server/index/ngram/workspace-index.ts";
import { casesPerPackage, type LineEndCase, lineEndCases } from "../cases/line-ends.ts";
import { loadPackage, tuningPackages } from "../cases/packages.ts";
import { ascend, likelihood, type Sample } from "./log-linear.ts";

const { values } = parseArgs({ options: { cases: { type: "string", default: "300" } } });

/** Every weight as one number in a row, and the row as weights again. */
const flat = {
  of: (weights: TokenWeights): number[] => Object.values(weights).flat(),
  weights(row: readonly number[]): TokenWeights {
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
console.log(`${samples.length} places, log likelihood ${likelihood(samples, start).toFixed(4)} before`);
console.log(`${likelihood(samples, fitted).toFixed(4)} after`);
console.log(flat.weights(fitted.map((weight) => Math.round(weight * 1000) / 1000)));

async function samplesOf(spec: string): Promise<Sample[]> {
  const source = await loadPackage(spec);
  const vocabulary = new Vocabulary();
  const workspace = new WorkspaceIndex(vocabulary, { bytes: 2 ** 27 });
  for (const file of source.files) workspace.set(file.path, file.text);
  workspace.index.catchUp();
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
