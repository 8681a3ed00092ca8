/**
 * Lets an Ollama pull a model from its registry, after the person has confirmed hosts, bytes and licence. The
 * file is Ollama's to fetch, to check and to keep; a pull that was cancelled goes on where it stopped.
 */

import type { Clock } from "../base/clock.ts";
import { confirmLookUp, confirmOffer } from "./confirm.ts";
import { FetchError } from "./fetch-error.ts";
import { inTime } from "./in-time.ts";
import type { RegistryModel } from "./ollama-name.ts";
import { lookUpInRegistry } from "./ollama-registry.ts";
import type { PulledModel, PullOptions } from "./pull-model.ts";
import { RateMeter } from "./transfer-progress.ts";

/** What is asked of an Ollama. */
export interface OllamaPort {
  /** The names of what it has. */
  readonly models: readonly string[];
  pull(
    model: { readonly model: string; readonly insecure: boolean },
    onStep: (step: OllamaStep) => void,
    signal: AbortSignal,
  ): Promise<void>;
  create(create: OllamaCreate, onStep: (step: OllamaStep) => void, signal: AbortSignal): Promise<void>;
}

export interface OllamaCreate {
  readonly model: string;
  readonly from: string;
  readonly quantize: string;
}

export interface OllamaStep {
  readonly digest?: string;
  readonly total?: number;
  readonly completed?: number;
}

export interface OllamaPullOptions
  extends Pick<
    PullOptions,
    "home" | "offline" | "client" | "clock" | "now" | "patience" | "ask" | "onProgress"
  > {
  readonly ollama: OllamaPort;
}

/** Rejects with a FetchError or a RuntimeError, or with the signal's reason. */
export async function pullByOllama(
  model: RegistryModel,
  options: OllamaPullOptions,
  signal: AbortSignal,
): Promise<PulledModel> {
  const { client, clock, patience, ollama, onProgress } = options;
  const { name, registry, known } = model;
  const named = `ollama/${name}`;
  if (ollama.models.includes(name))
    return { state: "there", model: named, bytes: known?.bytes ?? 0, licence: known?.licence ?? "" };
  await confirmLookUp({ source: registry, name, keeper: "Ollama", known }, options, signal);
  const limit = { ms: patience.lookUpMs, host: registry.host };
  const offer = await inTime((soon) => lookUpInRegistry(model, client, soon), limit, signal).catch(
    (error: unknown) => {
      throw registryFailure(error, model);
    },
  );
  await confirmOffer(offer, 0, options, signal);
  const { bytes, licence } = offer;
  const come = new Come(clock);
  const insecure = registry.protocol === "http:";
  const onStep = (step: OllamaStep) => onProgress(come.progress(step, bytes));
  await ollama.pull({ model: name, insecure }, onStep, signal);
  return { state: "fetched", model: named, bytes, licence: licence.id };
}

/** Those failures whose mend is another `models.source`, which a registry has nothing to do with. */
const ofAnySource: ReadonlySet<string> = new Set(["unreachable", "stranger", "refused", "circular"]);

function registryFailure(error: unknown, { otherwise = "" }: RegistryModel): unknown {
  if (!(error instanceof FetchError) || !ofAnySource.has(error.code)) return error;
  return new FetchError("registry-failed", { values: [otherwise], cause: error });
}

/** What has come of all files together, of which Ollama tells one at a time. */
class Come {
  readonly #meter: RateMeter;
  readonly #files = new Map<string, number>();

  constructor(clock: Clock) {
    this.#meter = new RateMeter(clock);
  }

  progress({ digest, completed }: OllamaStep, total: number) {
    if (digest !== undefined) this.#files.set(digest, completed ?? 0);
    const bytes = [...this.#files.values()].reduce((sum, each) => sum + each, 0);
    this.#meter.note(bytes);
    return this.#meter.progress(Math.min(bytes, total), total);
  }
}
