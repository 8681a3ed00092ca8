/** Builds what plans, lists and fetches models, for the language server and for the command line alike. */

import { llamaHere } from "./backends.ts";
import { systemClock } from "./base/clock.ts";
import type { Localizer } from "./base/l10n.ts";
import type { Settings } from "./config/schema.ts";
import { FetchError } from "./fetch/fetch-error.ts";
import { ModelFolder } from "./fetch/model-folder.ts";
import { modelsResult } from "./fetch/models-result.ts";
import { readOllamaModel } from "./fetch/ollama-name.ts";
import type { ProxySettings } from "./fetch/proxy-settings.ts";
import { type OllamaPort, pullByOllama } from "./fetch/pull-by-ollama.ts";
import { type PulledModel, type PullOptions, pullModel } from "./fetch/pull-model.ts";
import { pullOutcome } from "./fetch/pull-outcome.ts";
import { usualPatience } from "./fetch/transfer.ts";
import { WebClient } from "./fetch/web-client.ts";
import type { BackendChoice } from "./model/backend.ts";
import { withBackend } from "./model/explain-backend.ts";
import type { OllamaFinding } from "./model/findings.ts";
import type { Hardware } from "./model/plan/hardware.ts";
import { makePlan } from "./model/plan/make-plan.ts";
import { planResult } from "./model/plan/plan-result.ts";
import type { ModelRole, ModelsResult, PullResult } from "./protocol/models.ts";
import type { PlanResult } from "./protocol/plan.ts";
import { findHardware } from "./runtime/discovery/find-hardware.ts";
import { findOllama } from "./runtime/discovery/find-ollama.ts";
import { ollamaHost } from "./runtime/discovery/ollama-url.ts";
import { OllamaStore } from "./runtime/ollama/ollama-store.ts";

/** What this machine is made of, and which llama.cpp computes on it. */
export async function machine(home: string, signal: AbortSignal): Promise<Machine> {
  const llama = llamaHere(home, signal);
  const hardware = findHardware({ llamaCpp: async () => (await llama).finding }, signal);
  return { hardware: await hardware, backend: (await llama).choice };
}

export interface Machine {
  readonly hardware: Hardware;
  readonly backend: BackendChoice;
}

export async function machinePlan(
  { home, localizer }: Pick<ListRequest, "home" | "localizer">,
  signal: AbortSignal,
): Promise<PlanResult> {
  const { hardware, backend } = await machine(home, signal);
  return withBackend(planResult(makePlan(hardware), localizer), backend, localizer);
}

export interface ListRequest {
  readonly home: string;
  readonly settings: Settings;
  readonly localizer: Localizer;
  /** The name of the model that a role is bound to now. */
  readonly bound: Readonly<Partial<Record<ModelRole, string>>>;
}

export async function listModels(
  { home, settings, localizer, bound }: ListRequest,
  signal: AbortSignal,
): Promise<ModelsResult> {
  const [content, ollama, { hardware }] = await Promise.all([
    new ModelFolder(home).content(),
    findOllama(ollamaHost(settings, process.env), signal),
    machine(home, signal),
  ]);
  const source = settings["models.source"];
  return modelsResult({ content, ollama, plan: makePlan(hardware), bound, source }, localizer);
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
  readonly proxy: ProxySettings;
}

/** By an Ollama that answers, where it alone will do or nothing else was said; else from a repository. */
export async function fetchModel(request: FetchRequest, signal: AbortSignal): Promise<PulledModel> {
  const { home, settings, name, proxy, ask, onProgress } = request;
  const client = new WebClient(proxy);
  const options = {
    home,
    source: settings["models.source"],
    offline: settings["privacy.offline"],
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
  return { models, pull: (model, onStep, signal) => store.pull(model, onStep, signal) };
}
