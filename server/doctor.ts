/** Builds the doctor, for the language server and for the command line alike. */

import { availableParallelism, totalmem } from "node:os";
import { basename, join } from "node:path";
import { idleOllama, modelsOfOllama } from "./auto-models.ts";
import { llamaHere } from "./backends.ts";
import { onAbort } from "./base/abort.ts";
import { systemClock } from "./base/clock.ts";
import type { Localizer } from "./base/l10n.ts";
import { silentLogger } from "./base/log.ts";
import { isLoopback } from "./base/loopback.ts";
import { ensureHome } from "./config/home.ts";
import type { Settings } from "./config/schema.ts";
import { entryPoint } from "./entries.ts";
import { runDoctor } from "./features/doctor/doctor.ts";
import type {
  DoctorPorts,
  LoadedModel,
  RemoteFinding,
  UnfinishedModel,
} from "./features/doctor/doctor-ports.ts";
import { ModelFolder } from "./fetch/model-folder.ts";
import type { ModelInfo } from "./model/model-info.ts";
import { RuntimeError } from "./model/runtime-error.ts";
import { modelSpec, openAiPlace, type SpecSource } from "./model-spec.ts";
import type { DoctorResult } from "./protocol/doctor.ts";
import type { RemoteRole } from "./protocol/role.ts";
import {
  findLlamaServer,
  type LlamaServerRequest,
  usualLlamaServer,
} from "./runtime/discovery/find-llama-server.ts";
import { findNvidia } from "./runtime/discovery/find-nvidia.ts";
import { findOllama } from "./runtime/discovery/find-ollama.ts";
import { findProcessor } from "./runtime/discovery/find-processor.ts";
import { surroundingsHere, systemFiles } from "./runtime/discovery/find-surroundings.ts";
import { memoryNow } from "./runtime/discovery/memory-now.ts";
import { ollamaHost } from "./runtime/discovery/ollama-url.ts";
import { inspectLocalModel, listLocalModels, localModelPath } from "./runtime/embedded/local-models.ts";
import { HostClient, type HostMetrics } from "./runtime/host/client.ts";
import { findModel } from "./runtime/host/find-model.ts";
import { noMemory } from "./runtime/host/ladder-memory.ts";
import { readMeasurements } from "./runtime/host/load-measurements.ts";
import { carriedBuild, type FoundModel } from "./runtime/host/model-source.ts";
import { checkProgram } from "./runtime/host/ollama-source.ts";
import { lookAtOpenAi } from "./runtime/host/openai-source.ts";
import { noPrograms } from "./runtime/supervisor/no-programs.ts";
import { ofWire } from "./runtime/wire/errors.ts";

export interface DoctorRequest extends Pick<DoctorPorts, "workspace"> {
  readonly home: string;
  readonly settings: Settings;
  /** What is wrong with the settings, in sentences. */
  readonly problems: readonly string[];
  readonly localizer: Localizer;
  /** The API key that a client keeps for an origin. */
  readonly secret?: SpecSource["secret"];
  /** Whether the workspace is, where somebody knows; without, no server that may be elsewhere is asked. */
  readonly trusted?: boolean;
}

export function doctor(request: DoctorRequest, signal: AbortSignal): Promise<DoctorResult> {
  return runDoctor(doctorPorts(request, signal), signal);
}

/** Each look is taken when a check first wants it, and shared by all that do. */
export function doctorPorts(request: DoctorRequest, signal: AbortSignal): DoctorPorts {
  const { home, settings, secret, trusted = true } = request;
  const { env } = process;
  const models = join(home, "models");
  const llama = once(() => llamaHere(home, signal));
  const host = once(() => hostMetrics(home, signal));
  return {
    ...request,
    clock: systemClock,
    nodeVersion: process.versions.node,
    memory: { totalBytes: totalmem(), availableBytes: process.availableMemory() },
    logicalCores: availableParallelism(),
    ensureHome: () => ensureHome(home),
    llamaCpp: async () => (await llama()).finding,
    backends: async () => (await llama()).choice,
    env,
    processor: once(() => findProcessor(systemFiles, process.arch)),
    surroundings: once(surroundingsHere),
    nvidia: once(() => findNvidia(signal)),
    ollama: once(() => findOllama(ollamaHost(settings, env), signal)),
    idleOllama: () => idleOllama({ settings, env }, signal),
    llamaServer: (stop) => findLlamaServer(llamaServerPlaces(settings, env), stop),
    openai: async (stop) => {
      const place = trusted ? openAiPlace(settings) : undefined;
      return place && lookAtOpenAi(place, stop);
    },
    modelFile: (name) => inspectLocalModel(localModelPath(name, models)),
    remoteModel: async (role) =>
      trusted || role.runtime !== "openai"
        ? reachModel(role, { settings, models, env, secret }, signal)
        : { kind: "not-asked" },
    modelsFolder: models,
    modelFiles: once(() => listLocalModels(models)),
    servedModels: () => modelsOfOllama({ settings, env }, signal),
    unfinished: () => unfinishedModels(home),
    lastFailure: async (role) => {
      const { model } = await modelSpec(role, { settings, models, env, secret });
      return failureOf(model, await host().catch(() => undefined));
    },
    measurements: () => readMeasurements(home),
    loadedModels: async () => loadedModels(await host()),
  };
}

function once<T>(look: () => Promise<T>): () => Promise<T> {
  let taken: Promise<T> | undefined;
  return () => {
    taken ??= look();
    return taken;
  };
}

function llamaServerPlaces(settings: Settings, env: NodeJS.ProcessEnv): LlamaServerRequest {
  const program = settings["runtimes.llamaServer.path"];
  const set = settings["runtimes.llamaServer.url"];
  // A server on another machine is asked where a role names it.
  const url = set !== "" && isLoopback(new URL(set)) ? set : usualLlamaServer;
  const places = { searchPath: env["PATH"] ?? "", url };
  return program === "" ? places : { ...places, program };
}

/** A look of its own, without the host: what is wrong on the way is found here as there. */
async function reachModel(role: RemoteRole, from: SpecSource, signal: AbortSignal): Promise<RemoteFinding> {
  const { spec } = await modelSpec(role, from);
  const program = spec.runtime === "ollama" ? spec.program : undefined;
  try {
    const found = await findModel(spec);
    return { kind: "reached", info: await (found.look ? found.look(signal) : readied(found, signal)) };
  } catch (error) {
    const absent = error instanceof RuntimeError && error.code === "runtime-unreachable";
    if (!absent || program === undefined) throw error;
    await checkProgram(program);
    return { kind: "starts", program };
  }
}

/** One that loads nothing when it is reached. */
async function readied(found: FoundModel, signal: AbortSignal): Promise<ModelInfo> {
  const source = found.create({
    childEntry: entryPoint("child"),
    clock: systemClock,
    log: silentLogger,
    programs: noPrograms,
    builds: carriedBuild,
    ladder: { memory: noMemory, circumstances: (stop) => memoryNow(stop) },
    onState: () => {},
  });
  const forget = onAbort(signal, () => source.dispose());
  try {
    return await source.ready();
  } finally {
    forget();
    source.dispose();
  }
}

async function unfinishedModels(home: string): Promise<readonly UnfinishedModel[]> {
  const { leftovers } = await new ModelFolder(home).content();
  return leftovers.flatMap(({ name, bytes, total }) => {
    const [, model] = /^(.*)\.gguf\.part$/i.exec(name) ?? [];
    return model === undefined ? [] : [{ name: model, bytes, ...(total === undefined ? {} : { total }) }];
  });
}

/** How long a host that runs may take to say what it holds. */
const hostPatienceMs = 5000;

/** A look of its own: it starts no host, and a host that hangs does not hold it. Undefined where none runs. */
async function hostMetrics(home: string, signal: AbortSignal): Promise<HostMetrics | undefined> {
  const [entry, childEntry] = [entryPoint("host"), entryPoint("child")];
  const client = new HostClient({ home, entry, childEntry, log: silentLogger, clock: systemClock });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(hostPatienceMs)]);
  const forget = onAbort(limit, () => client.dispose());
  try {
    return await client.metrics();
  } finally {
    forget();
    client.dispose();
  }
}

function loadedModels(metrics: HostMetrics | undefined): readonly LoadedModel[] {
  const running = (metrics?.models ?? []).filter(({ state }) => state !== "failed");
  return running.map(({ model, memoryBytes, reduced }) => ({
    name: nameOf(model),
    memoryBytes,
    ...(reduced ? { reduced } : {}),
  }));
}

function failureOf(model: string, metrics: HostMetrics | undefined): RuntimeError | undefined {
  const { models = [], failures = [] } = metrics ?? {};
  const now = models.find((one) => one.model === model);
  const error = now ? now.error : failures.find((one) => one.model === model)?.error;
  return error && ofWire(error);
}

/** What is no file has an address in its name, and keeps it. */
function nameOf(model: string): string {
  return model.includes("://") ? model : basename(model, ".gguf");
}
