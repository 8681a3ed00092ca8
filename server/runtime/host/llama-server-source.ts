/** A model of a llama-server that runs already. */

import { HttpClient } from "../http/http-client.ts";
import { connectLlamaServer } from "../llama-server/connect-llama-server.ts";
import { type Connected, ConnectedSource } from "./connected-source.ts";
import type { FoundModel } from "./model-source.ts";
import { remoteModelName, type SpecOf } from "./protocol.ts";

export function findLlamaServer(spec: SpecOf<"llama-server">): FoundModel {
  const model = remoteModelName(spec);
  return {
    id: model,
    model,
    create: (ports) => new ConnectedSource((_, signal) => connect(spec, signal), ports),
  };
}

async function connect({ url, model }: SpecOf<"llama-server">, signal: AbortSignal): Promise<Connected> {
  const client = new HttpClient({ url, name: "llama-server" });
  try {
    const { info, runtime } = await connectLlamaServer(client, { url: new URL(url), model }, signal);
    return { info, runtime, dispose: () => client.dispose() };
  } catch (error) {
    client.dispose();
    throw error;
  }
}
