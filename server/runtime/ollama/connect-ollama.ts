/**
 * Reaches an Ollama that runs: makes sure that it is one before it sees a line of code, that the model is here and
 * not on somebody's server, and how much of it Ollama holds.
 */

import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { isOlder } from "../../base/node-versions.ts";
import { fimFamilies } from "../../model/fim.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import type { ModelRuntime } from "../../model/model-runtime.ts";
import { nearestNames } from "../../model/nearest-names.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import type { HttpClient } from "../http/http-client.ts";
import { isUnknownPath, strangerError } from "../http/http-errors.ts";
import { canRender, infoOf, inserts, knownOf, spillOf, stopsOf, trainedContext } from "./known-model.ts";
import { type LoadedModel, type ModelOptions, OllamaApi, type OllamaModel } from "./ollama-api.ts";
import { OllamaRuntime } from "./ollama-runtime.ts";
import { SlotWatch } from "./slot-watch.ts";
import { layersOf } from "./smaller-models.ts";

export interface OllamaRequest {
  readonly url: URL;
  readonly model: string;
  readonly log: Logger;
  /** How much of it to load; left out: as much as is usual. */
  readonly load?: OllamaLoad | undefined;
}

export interface OllamaLoad {
  readonly contextTokens?: number;
  readonly gpuLayers?: number;
  tried(what: { readonly contextTokens: number; readonly gpuLayers: number }): void;
}

export interface OllamaConnection extends OllamaRequest {
  readonly clock: Clock;
  /** Ends the process of an Ollama that Hearth has started, which then comes back. */
  readonly restart?: (() => void) | undefined;
}

export interface Ollama {
  readonly info: ModelInfo;
  readonly runtime: ModelRuntime;
}

/** The first version without CVE-2026-7482. */
const safeVersion = "0.17.1";
/** What one says that was not built by its makers. */
const builtByHand = "0.0.0";
/** What Ollama itself takes on a GPU of less than 24 GB is half of it, and too little for a chat about files. */
const usualContextTokens = 8192;
/** Longer than a person thinks, shorter than a lunch. */
const keepAlive = "30m";

export async function connectOllama(
  client: HttpClient,
  request: OllamaConnection,
  signal: AbortSignal,
): Promise<Ollama> {
  const { url, model: wanted, log, clock, restart } = request;
  const api = new OllamaApi(client);
  const { shown, asked } = await examine(api, request, signal);
  const loaded = await loadIt(api, { asked, shown }, signal);
  sayWhere(loaded, { asked, log });
  const known = knownOf({ wanted, shown });
  const { vocabulary, thinks, reasons, family } = known;
  const runtime = new OllamaRuntime({
    client,
    clock,
    api,
    url,
    model: asked,
    watch: new SlotWatch({ api, url, model: asked, clock, log, restart }),
    vocabulary,
    thinks,
    reasons,
    rendered: canRender(shown, thinks),
    stops: stopsOf(shown),
    ...(family === undefined && inserts(shown) ? { templateFim: fimFamilies.qwen } : {}),
  });
  return { info: infoOf(known, { asked, loaded }), runtime };
}

/** What can be said of the model without loading it. */
export async function lookAtOllama(
  client: HttpClient,
  request: OllamaRequest,
  signal: AbortSignal,
): Promise<ModelInfo> {
  const { shown, asked } = await examine(new OllamaApi(client), request, signal);
  return infoOf(knownOf({ wanted: request.model, shown }), { asked, loaded: undefined });
}

interface Examined {
  readonly shown: OllamaModel;
  readonly asked: ModelOptions;
}

async function examine(
  api: OllamaApi,
  { url, model: wanted, log, load }: OllamaRequest,
  signal: AbortSignal,
): Promise<Examined> {
  const version = await api.version(signal).catch((error: unknown) => {
    throw isUnknownPath(error) ? strangerError("Ollama", url) : error;
  });
  if (version !== builtByHand && isOlder(version, safeVersion)) {
    log.log("warn", `Ollama ${version} at ${url.origin} has a known hole (CVE-2026-7482): update it.`);
  }
  const name = await findName(api, { url, wanted }, signal);
  const shown = await api.show(name, signal);
  if (shown.remote_host !== "") throw remoteModel(name, shown.remote_host);
  const asked = await modelOptions(api, { name, shown, load }, signal);
  load?.tried({ contextTokens: asked.options.num_ctx, gpuLayers: layersOf(shown) });
  return { shown, asked };
}

/** As Ollama names it itself: with its tag. */
async function findName(
  api: OllamaApi,
  { url, wanted }: { readonly url: URL; readonly wanted: string },
  signal: AbortSignal,
): Promise<string> {
  // Ollama passes such a name on to its makers' servers, even the question what it is.
  if (/[:-]cloud$/i.test(wanted)) throw remoteModel(wanted, "ollama.com");
  const models = await api.models(signal);
  const found = models.find(({ name }) => withTag(name) === withTag(wanted));
  if (found && found.remote_host !== "") throw remoteModel(found.name, found.remote_host);
  if (found) return found.name;
  const here = models.flatMap(({ name, remote_host }) => (remote_host === "" ? [name] : []));
  if (here.length === 0 && models.length > 0) {
    throw new RuntimeError(
      "model-not-found",
      "Ollama at {0} has only models of a cloud, and no code is sent there.",
      {
        values: [url.origin, wanted],
        mend: "Fetch it with hearth models pull ollama/{1}, or correct roles.complete.",
      },
    );
  }
  const near = nearestNames(wanted, here);
  throw near.length === 0
    ? new RuntimeError("model-not-found", "Ollama at {0} has no models.", {
        values: [url.origin, wanted],
        mend: "Fetch it with hearth models pull ollama/{1}, or correct roles.complete.",
      })
    : new RuntimeError("model-not-found", "Ollama at {0} has no {1}. Nearest: {2}.", {
        values: [url.origin, wanted, near.join(", ")],
        mend: "Fetch it with hearth models pull ollama/{1}, or correct roles.complete.",
      });
}

function withTag(name: string): string {
  const whole = name.toLowerCase();
  return /:[^/]*$/.test(whole) ? whole : `${whole}:latest`;
}

function remoteModel(name: string, host: string): RuntimeError {
  return new RuntimeError("refused", "{0} does not run on this Ollama but at {1}: no code is sent there.", {
    values: [name, host],
    mend: "Name a model that Ollama holds itself in roles.complete: ollama list shows them.",
  });
}

interface Shown {
  readonly load: OllamaLoad | undefined;
  readonly name: string;
  readonly shown: OllamaModel;
}

/**
 * One set for as long as the connection lasts. A model that is loaded with more room is taken as it is, unless memory
 * was short.
 */
async function modelOptions(
  api: OllamaApi,
  { name, shown, load }: Shown,
  signal: AbortSignal,
): Promise<ModelOptions> {
  const own = Number(/^num_ctx\s+(\d+)/m.exec(shown.parameters)?.[1] ?? usualContextTokens);
  const most = load?.contextTokens;
  const wanted = Math.min(own, most ?? Infinity, trainedContext(shown));
  const loaded = (await api.loaded(signal)).find((model) => model.name === name);
  const num_ctx = most === undefined ? Math.max(wanted, loaded?.context_length ?? 0) : wanted;
  const layers = load?.gpuLayers === undefined ? {} : { num_gpu: load.gpuLayers };
  return { model: name, keep_alive: keepAlive, options: { num_ctx, ...layers } };
}

/** What Ollama says of the model when it is loaded. */
async function loadIt(
  api: OllamaApi,
  { asked, shown }: { readonly asked: ModelOptions; readonly shown: OllamaModel },
  signal: AbortSignal,
): Promise<LoadedModel | undefined> {
  if (shown.capabilities.includes("completion")) await api.load(asked, signal);
  else await api.embed({ ...asked, texts: [] }, signal);
  return (await api.loaded(signal)).find(({ name }) => name === asked.model);
}

function sayWhere(
  loaded: LoadedModel | undefined,
  { asked, log }: { readonly asked: ModelOptions; readonly log: Logger },
): void {
  if (!loaded) return;
  const { name, context_length: context } = loaded;
  const wanted = asked.options.num_ctx;
  if (context !== undefined && context < wanted)
    log.log("warn", `Ollama gives ${name} a context of ${context} tokens; ${wanted} were asked for.`);
  const spill = spillOf(loaded);
  if (spill && asked.options.num_gpu === undefined) log.log("warn", spill.message);
}
