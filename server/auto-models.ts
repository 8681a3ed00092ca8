/**
 * The models that `auto` may mean, the best first: files of the models folder, which were put there for Hearth, then
 * what an Ollama has that runs. Nothing is started or loaded to find them, and no other machine is asked than one
 * that the settings name.
 */

import { isLoopback } from "./base/loopback.ts";
import type { Settings } from "./config/schema.ts";
import type { WantedModel } from "./features/completion/completion-model.ts";
import { autoCandidates, autoReasoners, autoServed, type ServedModel } from "./model/findings.ts";
import { ollamaProgram } from "./model-spec.ts";
import { findOllama, ollamaAddress } from "./runtime/discovery/find-ollama.ts";
import { ollamaHost } from "./runtime/discovery/ollama-url.ts";
import { listLocalModels } from "./runtime/embedded/local-models.ts";

export interface AutoSource {
  readonly settings: Settings;
  /** The models folder. */
  readonly models: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export async function autoModels(
  role: "complete" | "reason",
  { settings, models, env }: AutoSource,
  signal: AbortSignal,
): Promise<readonly WantedModel[]> {
  const files = await listLocalModels(models);
  const ours = role === "complete" ? autoCandidates(files) : autoReasoners(files);
  if (ours.length > 0) return ours.map(({ path }) => ({ kind: "embedded", model: path }));
  const served = autoServed(role, await modelsOfOllama({ settings, env }, signal));
  return served.map(({ name }) => ({
    kind: "remote",
    runtime: "ollama",
    // As people write it who name it: one model has one name in the host.
    model: name.replace(/:latest$/, ""),
    found: true,
  }));
}

/** None where none answers, or a stranger. */
export async function modelsOfOllama(
  { settings, env }: Pick<AutoSource, "settings" | "env">,
  signal: AbortSignal,
): Promise<readonly ServedModel[]> {
  const found = await findOllama(ollamaHost(settings, env), signal);
  if (found.kind !== "found") return [];
  // What speaks HTTP to runtimes is not loaded where there is none.
  const { servedModels } = await import("./runtime/ollama/served-models.ts");
  return servedModels(found.url, signal);
}

/** The program of an Ollama of this machine that is installed and does not run. */
export async function idleOllama(
  { settings, env }: Pick<AutoSource, "settings" | "env">,
  signal: AbortSignal,
): Promise<string | undefined> {
  const place = ollamaHost(settings, env);
  if (!isLoopback(ollamaAddress(place.host))) return undefined;
  const found = await findOllama(place, signal);
  return found.kind === "absent" ? ollamaProgram({ settings, env }) : undefined;
}
