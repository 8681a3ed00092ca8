/** A model of an Ollama that runs, or of one that is installed and that Hearth starts. */

import { silentLogger } from "../../base/log.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { canRun } from "../discovery/find-program.ts";
import { HttpClient } from "../http/http-client.ts";
import { connectOllama, lookAtOllama } from "../ollama/connect-ollama.ts";
import { OllamaApi } from "../ollama/ollama-api.ts";
import { type SizedModel, sizedModels } from "../ollama/smaller-models.ts";
import { endProcessNow } from "../supervisor/end-process.ts";
import type { Program, ProgramLease, RunningProgram } from "../supervisor/program.ts";
import type { Connected } from "./connected-source.ts";
import { descendingSource } from "./descending-source.ts";
import type { Load } from "./descent.ts";
import type { FoundModel, ModelSource, SourcePorts } from "./model-source.ts";
import { remoteModelName, type SpecOf } from "./protocol.ts";
import { queued } from "./queued.ts";

type Spec = SpecOf<"ollama">;

const name = "Ollama";

export function findOllama(spec: Spec): FoundModel {
  const model = remoteModelName(spec);
  return {
    id: JSON.stringify([model, spec.proxy]),
    model,
    look: (signal) => look(spec, signal),
    create: (ports) => ollamaSource(spec, ports),
  };
}

async function look({ url, model, proxy = "" }: Spec, signal: AbortSignal): Promise<ModelInfo> {
  const client = new HttpClient({ url, name, proxy });
  try {
    return await lookAtOllama(client, { url: new URL(url), model, log: silentLogger }, signal);
  } finally {
    client.dispose();
  }
}

function ollamaSource(spec: Spec, ports: SourcePorts): ModelSource {
  let lease: ProgramLease | undefined;
  let { url } = spec;
  const held = { dispose: () => lease?.dispose() };
  const reach = async (load: Load<SizedModel>, signal: AbortSignal): Promise<Connected> => {
    const wanted = { ...spec, model: load.model.name, load };
    const program = spec.program === undefined ? undefined : programOf(spec.program, new URL(spec.url));
    // Another model's Ollama, or this one's earlier, is ours and not one that we have found.
    const isOurs = program && ports.programs.isUsed(program.id);
    try {
      if (!isOurs) return await connect(wanted, ports, signal);
    } catch (error) {
      if (!program || signal.aborted || !isAbsent(error)) throw error;
    }
    lease ??= ports.programs.use(program, () => {});
    const process = await lease.running();
    url = process.at.url;
    const place = { ...wanted, url, restart: restartOf(process) };
    return { ...(await connect(place, ports, signal)), process };
  };
  const asked = { name: spec.model, weightBytes: 0, layers: 0 };
  const models = () => sizedAt({ ...spec, url });
  return descendingSource({ id: remoteModelName(spec), model: asked, models, connect: reach, held }, ports);
}

const sizesMs = 20_000;

async function sizedAt({ url, model, proxy = "" }: Spec): Promise<readonly SizedModel[]> {
  const client = new HttpClient({ url, name, proxy });
  try {
    return await sizedModels(new OllamaApi(client), model, AbortSignal.timeout(sizesMs));
  } finally {
    client.dispose();
  }
}

/** A process that has ended is not ended again: its number may be somebody else's. */
function restartOf({ pid, ended }: RunningProgram): () => void {
  let runs = true;
  const onEnd = async () => {
    await ended;
    runs = false;
  };
  void onEnd();
  return () => {
    if (runs) endProcessNow(pid);
  };
}

/** Nobody answers there, or a stranger does: ours gets a port of its own then. One that is only slow runs. */
function isAbsent(error: unknown): boolean {
  return error instanceof RuntimeError && error.code === "runtime-unreachable";
}

/** It knows no keys: whoever may open a port of this machine may use it, as with any Ollama. */
function programOf(path: string, url: URL): Program {
  return {
    id: JSON.stringify(["ollama", path, url.port]),
    name,
    path,
    prepare: () => checkProgram(path),
    port: Number(url.port || 80),
    arguments: () => ["serve"],
    environment: ({ port }) => ({ OLLAMA_HOST: `127.0.0.1:${port}`, OLLAMA_NO_CLOUD: "1" }),
    listens: (line, { port }) => line.includes(`Listening on 127.0.0.1:${port} `),
    async check(at, signal) {
      const client = new HttpClient({ url: at.url, name });
      try {
        await new OllamaApi(client).version(signal);
        return { state: "ready" };
      } finally {
        client.dispose();
      }
    },
  };
}

/** Rejects with a RuntimeError where the program that the settings name cannot be run. */
export async function checkProgram(path: string): Promise<void> {
  if (await canRun(path)) return;
  throw new RuntimeError("runtime-down", "There is no program {0}.", {
    values: [path],
    mend: "Name the program in runtimes.ollama.path, or leave that empty.",
  });
}

/** Ollama computes one request at a time unless OLLAMA_NUM_PARALLEL says more, which it tells nobody. */
const usualSlots = 1;

interface Place extends Spec {
  readonly load: Load<SizedModel>;
  readonly restart?: (() => void) | undefined;
}

async function connect(
  { url, model, proxy = "", load, restart }: Place,
  { log, clock }: SourcePorts,
  signal: AbortSignal,
): Promise<Connected> {
  const client = new HttpClient({ url, name, proxy });
  try {
    const request = { url: new URL(url), model, log, clock, restart, load };
    const { info, runtime } = await connectOllama(client, request, signal);
    const limits = { slots: usualSlots, budgetTokens: info.contextTokens, computes: "in turns" } as const;
    return queued({ info, runtime, dispose: () => client.dispose() }, limits, clock);
  } catch (error) {
    client.dispose();
    throw error;
  }
}
