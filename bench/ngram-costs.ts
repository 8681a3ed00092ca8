/** What the built-in completer costs: reading, memory, and following one saved file. Medians of several runs. */

import { NgramModel } from "../server/index/ngram/ngram-model.ts";
import type { SourcePackage } from "./cases/packages.ts";

const runs = 5;

export interface Costs {
  readonly "source MB": number;
  readonly "read MB/s": number;
  readonly tokens: number;
  /** All tables, slack and vocabulary included. */
  readonly "bytes a token": number;
  /** A file of the median size, and the largest one, replaced by an edited version. */
  readonly "saved file ms": number;
  readonly "largest saved ms": number;
}

export function measureCosts(packages: readonly SourcePackage[]): Costs {
  const files = packages.flatMap((source) =>
    source.files.map(({ path, text }) => ({ path: `${source.name}/${path}`, text })),
  );
  const megabytes = files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) / 1e6;
  const models = Array.from({ length: runs }, () => {
    const model = new NgramModel();
    return { model, ms: timed(() => files.forEach(({ path, text }) => model.add(path, text))) };
  });
  const { model } = models.at(-1) ?? { model: new NgramModel() };
  const { tokens, bytes } = model.stats;
  const bySize = files.toSorted((a, b) => a.text.length - b.text.length);
  const save = (file: (typeof files)[number] | undefined) =>
    median(Array.from({ length: 20 }, (_, i) => (file ? timed(() => edit(model, file, i)) : 0)));
  return {
    "source MB": round(megabytes),
    "read MB/s": round((1000 * megabytes) / median(models.map(({ ms }) => ms))),
    tokens,
    "bytes a token": round(bytes / tokens),
    "saved file ms": round(save(bySize[bySize.length >> 1])),
    "largest saved ms": round(save(bySize.at(-1))),
  };
}

function edit(model: NgramModel, file: { readonly path: string; readonly text: string }, run: number): void {
  model.add(file.path, `const edited = ${run};\n${file.text}`);
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
