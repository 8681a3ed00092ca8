/** Our sampling parameters as llama.cpp's. What is not asked for is off; node-llama-cpp's own defaults are not. */

import type { SequenceEvaluateOptions, Token } from "node-llama-cpp";
import type { Sampling } from "../../model/model-runtime.ts";

const punishedTokens = 64;

export function samplingOptions(sampling: Sampling, answer: () => Token[]): SequenceEvaluateOptions {
  const { temperature, topP, topK, minP, seed, repeatPenalty } = sampling;
  return {
    temperature: Math.max(0, temperature),
    topP: topP ?? 1,
    topK: topK ?? 0,
    minP: minP ?? 0,
    ...(seed === undefined ? {} : { seed }),
    ...(repeatPenalty === undefined || repeatPenalty === 1
      ? {}
      : { repeatPenalty: { penalty: repeatPenalty, punishTokens: () => answer().slice(-punishedTokens) } }),
  };
}
