/** How the servers of llama.cpp, Ollama among them, name what an answer is drawn by. */

import type { Sampling } from "../../model/model-runtime.ts";

/** All of them named, since a server or a model's own file may set others. */
export function samplers({ temperature, topK, topP, minP, repeatPenalty, seed }: Sampling) {
  return {
    temperature,
    top_k: topK ?? 0,
    top_p: topP ?? 1,
    min_p: minP ?? 0,
    repeat_penalty: repeatPenalty ?? 1,
    ...(seed === undefined ? {} : { seed }),
  };
}
