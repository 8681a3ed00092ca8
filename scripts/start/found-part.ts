/** The local models on this machine, and the one of them that completes best. */

import { basename, join } from "node:path";
import { autoModels, modelsOfOllama } from "../../server/auto-models.ts";
import type { WantedModel } from "../../server/features/completion/completion-model.ts";
import { explainError } from "../../server/model/explain-error.ts";
import {
  completionCandidates,
  isTooSmall,
  type ModelFileFinding,
  type OllamaFinding,
} from "../../server/model/findings.ts";
import { findLlamaServer, usualLlamaServer } from "../../server/runtime/discovery/find-llama-server.ts";
import { findOllama } from "../../server/runtime/discovery/find-ollama.ts";
import { ollamaHost } from "../../server/runtime/discovery/ollama-url.ts";
import { inspectLocalModel, listLocalModels } from "../../server/runtime/embedded/local-models.ts";
import type { Stage } from "./stage.ts";

export interface FoundModel {
  readonly name: string;
  readonly wanted: WantedModel;
}

/** The best model that can complete; `named` are the files that the person has named. */
export async function foundPart(stage: Stage, named: readonly string[]): Promise<FoundModel | undefined> {
  const { page, home, localizer, settings, signal } = stage;
  const { t } = localizer;
  page.heading(t("Models on this machine"));
  const folder = join(home, "models");
  const [ollama, llamaServer, inFolder, byName] = await Promise.all([
    ollamaText(stage),
    llamaServerText(stage),
    listLocalModels(folder),
    Promise.all(named.map(inspectLocalModel)),
  ]);
  page.row("Ollama", ollama);
  page.row("llama-server", llamaServer);
  if (byName.length + inFolder.length === 0) page.row("GGUF", t("none in {0}, none named", folder));
  for (const file of byName) page.row("GGUF", fileText(stage, file));
  for (const file of inFolder) page.row("GGUF", unnamedText(stage, file));
  // What a person has named goes before what lies there.
  const [first] = completionCandidates(byName);
  if (first) return { name: first.name, wanted: { kind: "embedded", model: first.path } };
  const source = { settings, models: folder, env: process.env };
  const [wanted] = await autoModels("complete", source, signal);
  return wanted && { name: basename(wanted.model).replace(/\.gguf$/i, ""), wanted };
}

/** A model for tests passes for a real one, but for its text. */
export function sayWhatItIsFor({ page, localizer: { t } }: Stage, { name }: FoundModel): void {
  if (/^seedling\b/.test(name)) {
    page.say(t("This model was made for tests. Its text is not for use."));
  }
}

async function ollamaText(stage: Stage): Promise<string> {
  const { settings, signal, localizer } = stage;
  const { t } = localizer;
  const finding = await findOllama(ollamaHost(settings, process.env), signal);
  switch (finding.kind) {
    case "found":
      return runningText(stage, finding);
    case "absent":
      return t("none at {0}", finding.url);
    case "late":
      return t("what listens at {0} does not answer", finding.url);
    case "stranger":
      return t("what answers at {0} is not Ollama", finding.url);
    case "not-asked":
      return t("{0} leaves this machine and was not asked", finding.url);
  }
}

/** What one says that was not built by its makers. */
const builtByHand = "0.0.0";

/** Its models, each with what it is good for. */
async function runningText(
  { settings, signal, localizer: { t } }: Stage,
  { version, url, models }: Extract<OllamaFinding, { readonly kind: "found" }>,
): Promise<string> {
  const served = await modelsOfOllama({ settings, env: process.env }, signal);
  const named = models.map((name) => {
    const model = served.find((one) => one.name === name);
    if (model?.fills) return t("{0} (completes)", name);
    return model && model.reasons !== "no" ? t("{0} (reasons)", name) : name;
  });
  const list = named.join(", ") || t("no models");
  return version === builtByHand
    ? t("a build without a version at {0}: {1}.", url, list)
    : t("{0} at {1}: {2}.", version, url, list);
}

async function llamaServerText({ signal, localizer: { t } }: Stage): Promise<string> {
  const searchPath = process.env["PATH"] ?? "";
  const { path, running } = await findLlamaServer({ searchPath, url: usualLlamaServer }, signal);
  if (running) {
    const { url, model } = running;
    return t("answers at {0}: {1}. {2} in roles.complete uses it.", url, model, `llama-server/${model}`);
  }
  if (path === undefined) return t("none on PATH, none at {0}", usualLlamaServer);
  return t("{0}. {1} in roles.complete uses it.", path, "llama-server/FILE.gguf");
}

function fileText({ localizer }: Stage, file: ModelFileFinding): string {
  const { t } = localizer;
  if (file.kind === "unusable") return `${file.path}: ${explainError(file.error, localizer).message}`;
  const { name, fim, path } = file;
  return fim === undefined
    ? t("{0}: was not trained to fill in the middle, so it does not complete", path)
    : t("{0}: completes with the template of {1}", name, fim);
}

/** Of a file that lies in the folder, and that nobody has named. */
function unnamedText(stage: Stage, file: ModelFileFinding): string {
  return file.kind === "model" && file.fim !== undefined && isTooSmall(file)
    ? stage.localizer.t("{0}: too small to be of use, unless you name it", file.path)
    : fileText(stage, file);
}
