/** A model of an Ollama that runs already. */

import { HttpClient } from "../http/http-client.ts";
import { connectOllama } from "../ollama/connect-ollama.ts";
import { type Connected, ConnectedSource } from "./connected-source.ts";
import type { FoundModel, SourcePorts } from "./model-source.ts";
import { remoteModelName, type SpecOf } from "./protocol.ts";

export function findOllama(spec: SpecOf<"ollama">): FoundModel {
  const model = remoteModelName(spec);
  return {
    id: model,
    model,
    create: (ports) => new ConnectedSource((given, signal) => connect(spec, given, signal), ports),
  };
}

async function connect(
  { url, model }: SpecOf<"ollama">,
  { log }: SourcePorts,
  signal: AbortSignal,
): Promise<Connected> {
  const client = new HttpClient({ url, name: "Ollama" });
  try {
    const { info, runtime } = await connectOllama(client, { url: new URL(url), model, log }, signal);
    return { info, runtime, dispose: () => client.dispose() };
  } catch (error) {
    client.dispose();
    throw error;
  }
}
