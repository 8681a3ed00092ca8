/** What a model's makers recommend for drawing its answers, as its file or its runtime says it. */

import type { CardSampling } from "./model-runtime.ts";

/** The names are those of llama.cpp's `gguf-py/gguf/constants.py`, within `general.sampling`. */
export const ggufNames = {
  temperature: "temp",
  topP: "top_p",
  topK: "top_k",
  minP: "min_p",
  repeatPenalty: "penalty_repeat",
} as const;

type Name = keyof typeof ggufNames;

const bounds: Readonly<Record<Name, readonly [least: number, most: number]>> = {
  temperature: [0, 2],
  topP: [0, 1],
  topK: [0, 100_000],
  minP: [0, 1],
  repeatPenalty: [0.5, 2],
};

/** What is no number or makes no sense is not taken. */
export function cardSampling(read: (name: Name) => unknown): CardSampling {
  const names: readonly Name[] = ["temperature", "topP", "topK", "minP", "repeatPenalty"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = read(name);
      const [least, most] = bounds[name];
      return typeof value === "number" && value >= least && value <= most ? [[name, value]] : [];
    }),
  );
}
