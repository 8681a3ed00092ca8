/** Task and model family → how a completion is sampled and which strings end it. Pure. */

import { type FimFamily, fimStops } from "../model/fim.ts";
import type { Sampling } from "../model/model-runtime.ts";

export interface CompletionSampling {
  readonly sampling: Sampling;
  readonly stop: readonly string[];
}

/** Greedy and without a repeat penalty: code repeats itself, and the same place must give the same text. */
export function completionSampling(family: FimFamily): CompletionSampling {
  return { sampling: { temperature: 0 }, stop: fimStops(family) };
}
