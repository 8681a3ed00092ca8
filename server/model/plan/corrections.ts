/**
 * What was learnt from loads on this machine: how far the runtime's own report was from the prediction. A plan
 * counts it the next time. Nothing that a report says moves a plan by more than the bounds here.
 */

import * as v from "valibot";
import type { ModelShape } from "./compute-bytes.ts";
import type { LoadWay } from "./load-way.ts";

const bytes = v.pipe(v.number(), v.finite(), v.minValue(1));

const measuredSchema = v.object({
  /** Measured over predicted, of the last loads, the newest last. */
  ratios: v.pipe(v.array(v.pipe(v.number(), v.finite(), v.minValue(0))), v.minLength(1)),
  /** Of the newest. */
  predictedBytes: bytes,
  measuredBytes: bytes,
  /** Milliseconds since 1970. */
  at: v.number(),
});
export type Measured = v.InferOutput<typeof measuredSchema>;

export const measurementsSchema = v.record(v.string(), measuredSchema);
export type Measurements = Readonly<Record<string, Measured>>;

export interface MeasuredLoad {
  readonly shape: ModelShape;
  readonly runtime: LoadWay["runtime"];
  /** As llama.cpp calls it: `none`, `cuda`, `metal`, `vulkan`. */
  readonly backEnd: string;
}

/** Loads of the same shape by the same runtime on the same back end err alike. */
export function measuredKey({ shape, runtime, backEnd }: MeasuredLoad): string {
  const { layers, embedding, feedForward, heads, kvHeads, headDimension, vocabulary } = shape;
  const numbers = [layers, embedding, feedForward, heads, kvHeads, headDimension, vocabulary];
  return [runtime, backEnd, ...numbers].join(" ");
}

const mostRatios = 8;
const mostKept = 64;

/** Those that were measured last are kept. */
export function withMeasured(
  kept: Measurements,
  key: string,
  load: Pick<Measured, "predictedBytes" | "measuredBytes" | "at">,
): Measurements {
  const ratio = load.measuredBytes / load.predictedBytes;
  const ratios = [...(kept[key]?.ratios ?? []), ratio].slice(-mostRatios);
  const others = Object.entries(kept)
    .filter(([other]) => other !== key)
    .toSorted(([, a], [, b]) => b.at - a.at)
    .slice(0, mostKept - 1);
  return Object.fromEntries([[key, { ...load, ratios }], ...others]);
}

/** Beyond these a report is of something else than the load. */
const bounds = { least: 0.8, most: 1.5 } as const;
/** What one or two reports may do: they may both be of a bad day. */
const cautious = { least: 0.9, most: 1.2 } as const;
const fewRatios = 3;

/** What to multiply a prediction with: the middle of what was seen, so that a single odd load moves nothing. */
export function correctionOf(ratios: readonly number[]): number {
  const sorted = ratios.toSorted((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.floor(sorted.length / 2)];
  if (low === undefined || high === undefined) return 1;
  const { least, most } = ratios.length < fewRatios ? cautious : bounds;
  return Math.min(most, Math.max(least, (low + high) / 2));
}

/** Undefined where no such load was ever measured here. */
export type Corrections = (load: MeasuredLoad) => Measured | undefined;

export const noCorrections: Corrections = () => undefined;

export function correctionsFrom(kept: Measurements): Corrections {
  return (load) => kept[measuredKey(load)];
}
