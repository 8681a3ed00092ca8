/**
 * What servers of the one protocol understand beyond it. They say who they are as the owner of their models;
 * whoever is not known, as a gateway, gets the plain protocol, since some refuse a field that they do not know.
 */

import type { Sampling } from "../../model/model-runtime.ts";

export type Dialect = "llama.cpp" | "vllm" | "sglang" | "plain";

const owners: Readonly<Record<string, Dialect>> = { llamacpp: "llama.cpp", vllm: "vllm", sglang: "sglang" };

export function dialectOf(owner: string | null | undefined): Dialect {
  return owners[owner ?? ""] ?? "plain";
}

type Fields = Readonly<Record<string, unknown>>;

/** The samplers beyond temperature, top_p and seed, which every server knows. */
export function samplerFields({ topK, minP, repeatPenalty }: Sampling, dialect: Dialect): Fields {
  switch (dialect) {
    case "llama.cpp":
      // Its own defaults would cut what was not asked to be cut.
      return { top_k: topK ?? 0, min_p: minP ?? 0, repeat_penalty: repeatPenalty ?? 1, cache_prompt: true };
    case "vllm":
    case "sglang":
      // A model's card may set other ones on the server.
      return { top_k: topK ?? -1, min_p: minP ?? 0, repetition_penalty: repeatPenalty ?? 1 };
    case "plain":
      return {};
  }
}

/** Counts with every part of a stream, so that an aborted one is accounted for too. */
export function accountFields(dialect: Dialect): Fields {
  switch (dialect) {
    case "llama.cpp":
      return { stream_options: { include_usage: true }, timings_per_token: true };
    case "vllm":
    case "sglang":
      return { stream_options: { include_usage: true, continuous_usage_stats: true } };
    case "plain":
      return { stream_options: { include_usage: true } };
  }
}

/** A stop string that is a control token is seen only where such tokens are written into the text. */
export function controlTokenFields(dialect: Dialect): Fields {
  return dialect === "vllm" || dialect === "sglang" ? { skip_special_tokens: false } : {};
}

/**
 * How long the model may think, where that can be said. Templates call it `enable_thinking` (Qwen) or `thinking`
 * (DeepSeek); vLLM has a limit in tokens too, but refuses it where its operator has not prepared it.
 */
export function thinkingFields(budget: number | undefined, dialect: Dialect): Fields {
  const apart = dialect === "llama.cpp" ? { reasoning_format: "deepseek" } : {};
  if (budget === undefined || dialect === "plain") return apart;
  const wanted = budget > 0;
  const limit = dialect === "llama.cpp" ? { reasoning_budget_tokens: budget } : {};
  return { ...apart, ...limit, chat_template_kwargs: { enable_thinking: wanted, thinking: wanted } };
}

/** OpenAI's own limit; the servers known here have none. */
export function mostStops(dialect: Dialect): number {
  return dialect === "plain" ? 4 : Infinity;
}
