/** What a role's answerer means to the runtime host, with the addresses that the settings give. */

import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import type { Settings } from "./config/schema.ts";
import type { WantedModel } from "./features/completion/completion-model.ts";
import { RuntimeError } from "./model/runtime-error.ts";
import { ollamaUrl } from "./runtime/discovery/ollama-url.ts";
import { localModelPath } from "./runtime/embedded/local-models.ts";
import { type ModelSpec, remoteModelName } from "./runtime/host/client.ts";

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
}

export async function modelSpec(wanted: WantedModel, source: SpecSource): Promise<NamedSpec> {
  if (wanted.kind === "embedded") {
    const path = resolve(localModelPath(wanted.model, source.models));
    // What is wrong with a file that has no real path, the host says.
    return { spec: { runtime: "embedded", path }, model: await realpath(path).catch(() => path) };
  }
  const spec = remoteSpec(wanted, source);
  return { spec, model: remoteModelName(spec) };
}

function remoteSpec(
  { runtime, model }: Extract<WantedModel, { readonly kind: "remote" }>,
  { settings, env }: SpecSource,
): Exclude<ModelSpec, { readonly runtime: "embedded" }> {
  switch (runtime) {
    case "llama-server":
      return { runtime, url: settings["runtimes.llamaServer.url"], model };
    case "ollama":
      return { runtime, url: ollamaUrl(settings, env).href, model };
    case "openai":
      throw new RuntimeError("model-not-found", "{0} is not used yet.", { values: [runtime] });
  }
}
