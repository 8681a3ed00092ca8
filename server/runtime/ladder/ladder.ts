/**
 * The way down where memory runs out: once more as it was, half the context, fewer layers on the GPU, a smaller
 * model, the CPU alone, and then not at all.
 *
 * Invariant: it ends, it never asks for more than what has failed, and no load but the first is tried twice.
 */

export const stepKinds = ["again", "half-context", "fewer-layers", "smaller-model", "cpu"] as const;
export type StepKind = (typeof stepKinds)[number];

/** How a model is loaded. What is left out is as much as is usual, or as fits. */
export interface Rung {
  /** Which of the models: 0 is the one that was asked for, each one after it is smaller. */
  readonly model: number;
  readonly contextTokens?: number;
  /** At most so many on the GPU. */
  readonly gpuLayers?: number;
}

export interface Position {
  readonly rung: Rung;
  /** The step that led here. */
  readonly step?: StepKind;
}

export const top: Position = { rung: { model: 0 } };

export interface LadderModel {
  readonly name: string;
  readonly weightBytes: number;
  /** All that a GPU can take. */
  readonly layers: number;
}

export interface Bounds {
  /** The one that was asked for, then smaller ones, the largest first. */
  readonly models: readonly LadderModel[];
}

export interface Failure {
  /** Which memory ran out; undefined where nobody says. */
  readonly memory: "gpu" | "main" | undefined;
  /** What was tried, where that is known. */
  readonly contextTokens?: number;
  /** 0 where there is no GPU. */
  readonly gpuLayers?: number;
}

/** With less than this a completion sees too little of its file, and a chat forgets its question. */
export const shortestContext = 2048;
/** Where so few are left on the GPU, it is no longer worth its transfers. */
const leastLayersShare = 1 / 4;

/** The next way to load it, or undefined where there is none. */
export function stepDown(at: Position, failure: Failure, bounds: Bounds): Position | undefined {
  const kinds = at.step === undefined ? stepKinds : stepKinds.slice(Math.max(1, stepKinds.indexOf(at.step)));
  for (const step of kinds) {
    const rung = ways[step](at.rung, failure, bounds);
    if (rung) return { rung, step };
  }
  return undefined;
}

type Way = (rung: Rung, failure: Failure, bounds: Bounds) => Rung | undefined;

const ways: Readonly<Record<StepKind, Way>> = {
  again: (rung) => rung,
  "half-context": (rung, { contextTokens }) => {
    const half = Math.floor(lower(rung.contextTokens, contextTokens) / 2);
    return Number.isFinite(half) && half >= shortestContext ? { ...rung, contextTokens: half } : undefined;
  },
  "fewer-layers": (rung, failure, { models }) => {
    if (failure.memory === "main") return undefined;
    const layers = models[rung.model]?.layers ?? 0;
    const half = Math.floor(placedLayers(rung, failure, layers) / 2);
    return half > 0 && half >= layers * leastLayersShare ? { ...rung, gpuLayers: half } : undefined;
  },
  "smaller-model": (rung, failure, { models }) => {
    const [failed, smaller] = [models[rung.model], models[rung.model + 1]];
    if (!failed || !smaller) return undefined;
    const placed = placedLayers(rung, failure, failed.layers);
    // No more of its bytes on the GPU than of the larger one's, which did not fit.
    const bytes = failed.layers > 0 ? (failed.weightBytes * placed) / failed.layers : 0;
    const fitting = Math.floor((bytes * smaller.layers) / Math.max(1, smaller.weightBytes));
    const model = { ...rung, model: rung.model + 1 };
    if (fitting >= smaller.layers) return withoutLayers(model);
    return { ...model, gpuLayers: fitting };
  },
  cpu: (rung, failure, { models }) => {
    if (failure.memory === "main") return undefined;
    const placed = placedLayers(rung, failure, models[rung.model]?.layers ?? 0);
    return placed > 0 ? { ...rung, gpuLayers: 0 } : undefined;
  },
};

function placedLayers({ gpuLayers }: Rung, failure: Failure, layers: number): number {
  return Math.min(layers, lower(gpuLayers, failure.gpuLayers));
}

function lower(a: number | undefined, b: number | undefined): number {
  return Math.min(a ?? Infinity, b ?? Infinity);
}

function withoutLayers({ model, contextTokens }: Rung): Rung {
  return contextTokens === undefined ? { model } : { model, contextTokens };
}
