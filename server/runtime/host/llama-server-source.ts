/** A model of a llama-server that runs already. */

import { RuntimeError } from "../../model/runtime-error.ts";
import { HttpClient } from "../http/http-client.ts";
import { connectLlamaServer } from "../llama-server/connect-llama-server.ts";
import { untilLoaded } from "../llama-server/until-loaded.ts";
import { type Connected, ConnectedSource } from "./connected-source.ts";
import type { FoundModel, SourcePorts } from "./model-source.ts";
import { remoteModelName, type SpecOf } from "./protocol.ts";
import { queued } from "./queued.ts";
import { computingOf } from "./slot-computing.ts";
import { withAdvice } from "./with-advice.ts";

export function findLlamaServer(spec: SpecOf<"llama-server">): FoundModel {
  const model = remoteModelName(spec);
  return {
    id: JSON.stringify([model, spec.proxy]),
    model,
    create: (ports) => new ConnectedSource((at, signal) => connect(spec, at, signal), ports),
  };
}

/** Hearth did not start it, and cannot load its model otherwise. */
function loadedByOthers({ sentence, values }: RuntimeError): RuntimeError {
  return new RuntimeError("out-of-memory", sentence, {
    values,
    mend: "Start that llama-server with a smaller --ctx-size, fewer --n-gpu-layers or a smaller model; one that Hearth starts itself finds out what fits.",
  });
}

/** Of one that was started without `--parallel`; all of them share one context then, else each has its own. */
const usualSlots = 4;

async function connect(
  { url, model, proxy = "" }: SpecOf<"llama-server">,
  { clock }: SourcePorts,
  signal: AbortSignal,
): Promise<Connected> {
  const client = new HttpClient({ url, name: "llama-server", proxy });
  try {
    const at = { url: new URL(url), model };
    await untilLoaded(client, clock, signal);
    const { info, runtime, slots } = await connectLlamaServer(client, at, signal);
    const budgetTokens = slots === usualSlots ? info.contextTokens : Infinity;
    const limits = { slots, budgetTokens, computes: await computingOf(at.url) };
    const connected = queued({ info, runtime, dispose: () => client.dispose() }, limits, clock);
    return { ...connected, runtime: withAdvice(connected.runtime, loadedByOthers) };
  } catch (error) {
    client.dispose();
    throw error;
  }
}
