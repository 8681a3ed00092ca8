/** Which runtime answers for a spec: one row each. */

import { findEmbedded } from "./embedded-source.ts";
import { findLlamaServer } from "./llama-server-source.ts";
import type { FoundModel } from "./model-source.ts";
import { findOllama } from "./ollama-source.ts";
import { findOpenAi } from "./openai-source.ts";
import type { ModelSpec } from "./protocol.ts";
import { findStartedLlamaServer } from "./started-llama-server.ts";

/** Rejects with a RuntimeError when there is no such model. */
export async function findModel(spec: ModelSpec): Promise<FoundModel> {
  switch (spec.runtime) {
    case "embedded":
      return findEmbedded(spec.path);
    case "llama-server":
      return findLlamaServer(spec);
    case "openai":
      return findOpenAi(spec);
    case "started-llama-server":
      return findStartedLlamaServer(spec);
    case "ollama":
      return findOllama(spec);
  }
}
