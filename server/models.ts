/** Builds what plans, lists and fetches models, for the language server and for the command line alike. */

import { execFile } from "node:child_process";
import { delimiter, dirname } from "node:path";
import { promisify } from "node:util";
import { llamaHere } from "./backends.ts";
import { onAbort } from "./base/abort.ts";
import { systemClock } from "./base/clock.ts";
import type { Localizer } from "./base/l10n.ts";
import { silentLogger } from "./base/log.ts";
import type { Proxies } from "./base/proxies.ts";
import type { Settings } from "./config/schema.ts";
import { entryPoint } from "./entries.ts";
import { FetchError } from "./fetch/fetch-error.ts";
import { ModelFolder } from "./fetch/model-folder.ts";
import { modelsResult } from "./fetch/models-result.ts";
import { readOllamaModel } from "./fetch/ollama-name.ts";
import { type OllamaPort, pullByOllama } from "./fetch/pull-by-ollama.ts";
import { type PulledModel, type PullOptions, pullModel } from "./fetch/pull-model.ts";
import { pullOutcome } from "./fetch/pull-outcome.ts";
import {
  type QuantizedModel,
  type QuantizePorts,
  type Quantizing,
  quantizeModel,
} from "./fetch/quantize-model.ts";
import { usualPatience } from "./fetch/transfer.ts";
import { WebClient } from "./fetch/web-client.ts";
import type { BackendChoice } from "./model/backend.ts";
import type { CatalogueModel } from "./model/catalogue.ts";
import { withBackend } from "./model/explain-backend.ts";
import type { OllamaFinding } from "./model/findings.ts";
import { readGgufFile } from "./model/gguf.ts";
import { type Corrections, correctionsFrom } from "./model/plan/corrections.ts";
import type { Hardware } from "./model/plan/hardware.ts";
import { makePlan } from "./model/plan/make-plan.ts";
import { modelOnDisk } from "./model/plan/on-disk.ts";
import { planResult, pricesFrom } from "./model/plan/plan-result.ts";
import type { ModelRole, ModelsResult, PullResult } from "./protocol/models.ts";
import type { PlanResult } from "./protocol/plan.ts";
import { findHardware } from "./runtime/discovery/find-hardware.ts";
import { findOllama } from "./runtime/discovery/find-ollama.ts";
import { findProgram } from "./runtime/discovery/find-program.ts";
import { ollamaHost } from "./runtime/discovery/ollama-url.ts";
import { cleanEnvironment } from "./runtime/environment.ts";
import { HostClient } from "./runtime/host/client.ts";
import { readMeasurements } from "./runtime/host/load-measurements.ts";
import { OllamaStore } from "./runtime/ollama/ollama-store.ts";

/** What this machine is made of, and which llama.cpp computes on it. */
export async function machine(home: string, signal: AbortSignal): Promise<Machine> {
  const llama = llamaHere(home, signal);
  const own = () => loadedProcesses(home, signal);
  const hardware = findHardware({ llamaCpp: async () => (await llama).finding, own }, signal);
  const measurements = readMeasurements(home);
  return {
    hardware: await hardware,
    backend: (await llama).choice,
    corrections: correctionsFrom(await measurements),
    modelsHere: () => modelsHere(home),
  };
}

export interface Machine {
  readonly hardware: Hardware;
  readonly backend: BackendChoice;
  /** What loads took here. */
  readonly corrections: Corrections;
  /** Those on the disk that a plan may choose. */
  readonly modelsHere: () => Promise<readonly CatalogueModel[]>;
}

/** How long a host that runs may take to say what it holds. */
const hostPatienceMs = 2000;

/** Of the models that a host has loaded; none where no host runs, for this look starts none. */
async function loadedProcesses(home: string, signal: AbortSignal): Promise<readonly number[]> {
  const [entry, childEntry] = [entryPoint("host"), entryPoint("child")];
  const client = new HostClient({ home, entry, childEntry, log: silentLogger, clock: systemClock });
  const forget = onAbort(AbortSignal.any([signal, AbortSignal.timeout(hostPatienceMs)]), () =>
    client.dispose(),
  );
  try {
    const { models = [] } = (await client.metrics()) ?? {};
    return models.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  } finally {
    forget();
    client.dispose();
  }
}

async function modelsHere(home: string): Promise<readonly CatalogueModel[]> {
  const { models } = await new ModelFolder(home).content();
  const known = await Promise.all(
    models.map(async ({ name, path, record }) => {
      const header = await readGgufFile(path).catch(() => undefined);
      return header && modelOnDisk({ name, path, licence: record?.licence }, header);
    }),
  );
  return known.filter((model) => model !== undefined);
}

export async function machinePlan(
  { machine: look, settings, localizer }: Omit<ListRequest, "bound" | "home">,
  signal: AbortSignal,
): Promise<PlanResult> {
  const { hardware, backend, corrections } = await look(signal);
  const plan = planResult(
    makePlan(hardware, { corrections }),
    localizer,
    pricesFrom(settings["plan.prices"]),
  );
  return withBackend(plan, backend, localizer);
}

export interface ListRequest {
  readonly home: string;
  /** As `machine` finds it. */
  readonly machine: (signal: AbortSignal) => Promise<Machine>;
  readonly settings: Settings;
  readonly localizer: Localizer;
  /** The name of the model that a role is bound to now. */
  readonly bound: Readonly<Partial<Record<ModelRole, string>>>;
}

export async function listModels(
  { home, machine: look, settings, localizer, bound }: ListRequest,
  signal: AbortSignal,
): Promise<ModelsResult> {
  const [content, ollama, { hardware }] = await Promise.all([
    new ModelFolder(home).content(),
    findOllama(ollamaHost(settings, process.env), signal),
    look(signal),
  ]);
  const source = settings["models.source"];
  return modelsResult({ content, ollama, plan: makePlan(hardware), bound, source }, localizer);
}

/** The names of what an Ollama that answers has. */
export async function modelsInOllama(settings: Settings, signal: AbortSignal): Promise<readonly string[]> {
  const ollama = await findOllama(ollamaHost(settings, process.env), signal);
  return ollama.kind === "found" ? ollama.models : [];
}

/** The same as `fetchModel`, told as a value. */
export function pullWithOutcome(
  { localizer, ...request }: FetchRequest & { readonly localizer: Localizer },
  signal: AbortSignal,
): Promise<PullResult> {
  return pullOutcome(() => fetchModel(request, signal), localizer, signal);
}

export interface FetchRequest extends Pick<PullOptions, "ask" | "onProgress"> {
  readonly home: string;
  readonly settings: Settings;
  readonly name: string;
  readonly proxy: Proxies;
}

/** By an Ollama that answers, where it alone will do or nothing else was said; else from a repository. */
export async function fetchModel(request: FetchRequest, signal: AbortSignal): Promise<PulledModel> {
  const { home, settings, name, proxy, ask, onProgress } = request;
  const client = new WebClient(proxy);
  const options = {
    home,
    source: settings["models.source"],
    offline: settings["privacy.offline"],
    maxGigabytes: settings["models.maxGigabytes"],
    client,
    clock: systemClock,
    random: Math.random,
    now: () => new Date(),
    patience: usualPatience,
    ask,
    onProgress,
  };
  try {
    const model = readOllamaModel(name);
    const ollama = model && (await findOllama(ollamaHost(settings, process.env), signal));
    if (model && ollama?.kind === "found")
      return await pullByOllama(model, { ...options, ollama: ollamaPort(ollama) }, signal);
    if (model?.only) throw new FetchError("no-ollama", { values: [ollama?.url ?? ""] });
    return await pullModel(name, options, signal);
  } finally {
    client.dispose();
  }
}

function ollamaPort({ url, models }: Extract<OllamaFinding, { readonly kind: "found" }>): OllamaPort {
  const store = new OllamaStore(new URL(url));
  return {
    models,
    pull: (model, onStep, signal) => store.pull(model, onStep, signal),
    create: (create, onStep, signal) => store.create(create, onStep, signal),
  };
}

export interface QuantizeRequest extends Quantizing, Pick<QuantizePorts, "onProgress"> {
  readonly home: string;
  readonly settings: Settings;
}

export async function quantize(request: QuantizeRequest, signal: AbortSignal): Promise<QuantizedModel> {
  const { home, settings, name, quant, onProgress } = request;
  const ollama = name.startsWith("ollama/")
    ? await findOllama(ollamaHost(settings, process.env), signal)
    : undefined;
  const program = await findQuantizer(settings);
  const ports = {
    folder: new ModelFolder(home),
    program:
      program === undefined
        ? undefined
        : (args: readonly string[], stop: AbortSignal) => runQuantizer(program, args, stop),
    ollama: ollama?.kind === "found" ? ollamaPort(ollama) : undefined,
    clock: systemClock,
    now: () => new Date(),
    onProgress,
  };
  return quantizeModel({ name, quant }, ports, signal);
}

/** On PATH, or beside the llama-server that is used. */
async function findQuantizer(settings: Settings): Promise<string | undefined> {
  const searchPath = process.env["PATH"] ?? "";
  const set = settings["runtimes.llamaServer.path"];
  const server = set === "" ? await findProgram("llama-server", searchPath) : set;
  const beside = server === undefined ? [] : [dirname(server)];
  return findProgram("llama-quantize", [searchPath, ...beside].join(delimiter));
}

async function runQuantizer(program: string, args: readonly string[], signal: AbortSignal): Promise<void> {
  const env = cleanEnvironment();
  const options = { env, signal, maxBuffer: mostWords, windowsHide: true };
  try {
    await promisify(execFile)(program, args, options);
  } catch (cause) {
    signal.throwIfAborted();
    const said = cause instanceof Error && "stderr" in cause ? String(cause.stderr) : String(cause);
    throw new FetchError("not-quantized", { values: ["llama-quantize", whyOf(said)], cause });
  }
}

/** The reason stands behind the tensor at which it stopped; its last line says only that it did. */
function whyOf(said: string): string {
  const [, why] = /llama_model_quantize: failed to quantize: (.+)/.exec(said) ?? [];
  return why ?? said.trim().split("\n").at(-1) ?? "";
}

/** It writes a few lines for each tensor. */
const mostWords = 64 * 1024 * 1024;
