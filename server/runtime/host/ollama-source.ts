/** A model of an Ollama that runs already. */

import { HttpClient } from "../http/http-client.ts";
import { connectOllama } from "../ollama/connect-ollama.ts";
import { type Connected, ConnectedSource } from "./connected-source.ts";
import type { FoundModel, SourcePorts } from "./model-source.ts";
import { remoteModelName, type SpecOf } from "./protocol.ts";
import { queued } from "./queued.ts";

export function findOllama(spec: SpecOf<"ollama">): FoundModel {
  const model = remoteModelName(spec);
  return {
    id: model,
    model,
    create: (ports) => new ConnectedSource((given, signal) => connect(spec, given, signal), ports),
  };
}

/** Ollama computes one request at a time unless OLLAMA_NUM_PARALLEL says more, which it tells nobody. */
const usualSlots = 1;

async function connect(
  { url, model }: SpecOf<"ollama">,
  { log, clock }: SourcePorts,
  signal: AbortSignal,
): Promise<Connected> {
  const client = new HttpClient({ url, name: "Ollama" });
  try {
    const { info, runtime } = await connectOllama(client, { url: new URL(url), model, log }, signal);
    const limits = { slots: usualSlots, budgetTokens: info.contextTokens };
    return queued({ info, runtime, dispose: () => client.dispose() }, limits, clock);
  } catch (error) {
    client.dispose();
    throw error;
  }
}
