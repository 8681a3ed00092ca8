/** What a role's answerer means to the runtime host, with the addresses that the settings give. */

import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { isLoopback } from "./base/loopback.ts";
import type { Settings } from "./config/schema.ts";
import type { WantedModel } from "./features/completion/completion-model.ts";
import { RuntimeError } from "./model/runtime-error.ts";
import { findProgram } from "./runtime/discovery/find-program.ts";
import { ollamaUrl } from "./runtime/discovery/ollama-url.ts";
import { localModelPath } from "./runtime/embedded/local-models.ts";
import {
  type ModelSpec,
  type RemoteSpec,
  remoteModelName,
  type SpecOf,
  startedModelName,
} from "./runtime/host/client.ts";
import { proxyFor } from "./runtime/http/proxy.ts";

export interface NamedSpec {
  readonly spec: ModelSpec;
  /** How the host names the model in its events. */
  readonly model: string;
}

export interface SpecSource {
  readonly settings: Settings;
  /** The models folder. */
  readonly models: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The API key that is kept for an origin, where somebody keeps one. HEARTH_API_KEY goes before it. */
  readonly secret?: ((origin: string) => Promise<string | undefined>) | undefined;
  /** The same for all that belongs to one workspace. */
  readonly session?: string;
}

export async function modelSpec(wanted: WantedModel, source: SpecSource): Promise<NamedSpec> {
  if (wanted.kind === "embedded") {
    const path = resolve(localModelPath(wanted.model, source.models));
    // What is wrong with a file that has no real path, the host says.
    return { spec: { runtime: "embedded", path }, model: await realpath(path).catch(() => path) };
  }
  if (wanted.runtime === "llama-server" && source.settings["runtimes.llamaServer.url"] === "")
    return startedSpec(wanted.model, source);
  const spec = await remoteSpec(wanted, source);
  return { spec, model: remoteModelName(spec) };
}

async function remoteSpec(
  { runtime, model, found }: Extract<WantedModel, { readonly kind: "remote" }>,
  source: SpecSource,
): Promise<RemoteSpec> {
  switch (runtime) {
    case "llama-server":
      return llamaServerSpec(model, source);
    case "ollama":
      return ollamaSpec({ model, found }, source);
    case "openai":
      return openAiSpec(model, source);
  }
}

function llamaServerSpec(model: string, { settings, env }: SpecSource): SpecOf<"llama-server"> {
  const url = settings["runtimes.llamaServer.url"];
  return { runtime: "llama-server", url, ...proxyOf(new URL(url), env), model };
}

interface OllamaModel {
  readonly model: string;
  readonly found: true | undefined;
}

async function ollamaSpec(
  { model, found }: OllamaModel,
  { settings, env }: SpecSource,
): Promise<SpecOf<"ollama">> {
  const url = ollamaUrl(settings, env);
  const spec = { runtime: "ollama", url: url.href, ...proxyOf(url, env), model } as const;
  if (found || !settings["runtimes.ollama.start"] || !isLoopback(url)) return spec;
  const program = await ollamaProgram({ settings, env });
  return program === undefined ? spec : { ...spec, program: resolve(program) };
}

/** Whether or not it can be run; undefined where none is set and none on PATH. */
export async function ollamaProgram({
  settings,
  env,
}: Pick<SpecSource, "settings" | "env">): Promise<string | undefined> {
  const set = settings["runtimes.ollama.path"];
  return set === "" ? findProgram("ollama", env["PATH"] ?? "") : set;
}

/** A llama-server that the host starts, for a file that is named as an embedded one is. */
async function startedSpec(model: string, { settings, models, env }: SpecSource): Promise<NamedSpec> {
  const path = resolve(localModelPath(model, models));
  const set = settings["runtimes.llamaServer.path"];
  const program = set === "" ? await findProgram("llama-server", env["PATH"] ?? "") : set;
  if (program === undefined)
    throw new RuntimeError("runtime-down", "There is no llama-server on PATH.", {
      mend: "Install llama.cpp, or name its llama-server in runtimes.llamaServer.path.",
    });
  const args = [...settings["runtimes.llamaServer.args"]];
  const spec = { runtime: "started-llama-server", program: resolve(program), args, path } as const;
  return { spec, model: startedModelName(await realpath(path).catch(() => path)) };
}

/** Undefined where no address is set. */
export function openAiPlace(settings: Settings): Pick<SpecOf<"openai">, "url" | "tls"> | undefined {
  const url = settings["runtimes.openai.url"];
  if (url === "") return undefined;
  const tls = {
    ca: settings["runtimes.openai.tls.ca"],
    cert: settings["runtimes.openai.tls.cert"],
    key: settings["runtimes.openai.tls.key"],
  };
  return { url, tls: Object.fromEntries(Object.entries(tls).filter(([, path]) => path !== "")) };
}

async function openAiSpec(model: string, source: SpecSource): Promise<SpecOf<"openai">> {
  const { settings, session } = source;
  const place = openAiPlace(settings);
  if (!place)
    throw new RuntimeError("runtime-unreachable", "runtimes.openai.url is not set.", {
      mend: "Set runtimes.openai.url to the address of the server.",
    });
  const key = await apiKey(new URL(place.url), source);
  return {
    runtime: "openai",
    ...place,
    ...proxyOf(new URL(place.url), source.env),
    model,
    ...(key === undefined ? {} : { key }),
    ...(session === undefined ? {} : { session }),
  };
}

/** Named by whoever asks: the host has the environment of who started it. */
function proxyOf(url: URL, env: SpecSource["env"]): { readonly proxy?: string } {
  const proxy = proxyFor(url, env);
  return proxy ? { proxy: proxy.href } : {};
}

/** What a header can hold, and no more: a line break would begin another one. */
const keyPattern = /^[\x21-\x7e]+$/;

async function apiKey({ origin }: URL, { env, secret }: SpecSource): Promise<string | undefined> {
  const key = (env["HEARTH_API_KEY"] || (await secret?.(origin)))?.trim();
  if (!key) return undefined;
  if (keyPattern.test(key)) return key;
  throw new RuntimeError("refused", "The API key holds characters that no key has.", {
    mend: "Set the key with Hearth: Set API Key, or in HEARTH_API_KEY on a command line.",
  });
}
