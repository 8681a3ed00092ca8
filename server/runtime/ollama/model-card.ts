/** What the makers of a model in Ollama recommend: its parameters there, else what its file says. */

import { cardSampling, ggufNames } from "../../model/card-sampling.ts";
import type { CardSampling } from "../../model/model-runtime.ts";
import type { OllamaModel } from "./ollama-api.ts";

export function modelCard({
  parameters,
  model_info: info,
}: Pick<OllamaModel, "parameters" | "model_info">): CardSampling {
  return cardSampling((name) => {
    const said = new RegExp(`^${ollamaNames[name]}\\s+(\\S+)$`, "m").exec(parameters)?.[1];
    return said === undefined ? info[`general.sampling.${ggufNames[name]}`] : Number(said);
  });
}

const ollamaNames = {
  temperature: "temperature",
  topP: "top_p",
  topK: "top_k",
  minP: "min_p",
  repeatPenalty: "repeat_penalty",
} as const;
