/** The check of who completes code: the role as it is set, and whether that can answer. */

import { explainError } from "../../model/explain-error.ts";
import {
  autoCandidates,
  autoServed,
  leastParameters,
  type ModelFile,
  type ModelFileFinding,
} from "../../model/findings.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { parseRole, type RemoteRole } from "../../protocol/role.ts";
import type { DoctorPorts, Finding } from "./doctor-ports.ts";
import { actionsOf, pullActions } from "./mend-actions.ts";
import { fileSize } from "./words.ts";

export async function checkCompleteRole(ports: DoctorPorts): Promise<Finding> {
  const { t } = ports.localizer;
  const setting = ports.settings["roles.complete"];
  const role = parseRole(setting);
  switch (role.kind) {
    case "off":
      return { state: "ok", found: t("off") };
    case "builtin":
      return { state: "ok", found: t("built in (learns from this workspace)") };
    case "auto":
      return checkAuto(ports);
    case "embedded":
      return checkEmbedded(role.model, ports);
    case "remote":
      return checkRemote(role, ports);
    case "other":
      return {
        state: "fail",
        found: setting,
        why: t("There is no such runtime."),
        mend: t("Set roles.complete to auto, or to embedded/ and the path of a GGUF file."),
      };
  }
}

/** A model that lies in the folder and is not taken is said, with its reason. */
async function checkAuto(ports: DoctorPorts): Promise<Finding> {
  const { t } = ports.localizer;
  const files = await ports.modelFiles();
  const [best] = autoCandidates(files);
  if (best) return { state: "ok", found: modelText(best, ports) };
  const [served] = autoServed("complete", await ports.servedModels());
  if (served) return checkRemote({ kind: "remote", runtime: "ollama", model: served.name }, ports);
  const found = t("built in (learns from this workspace)");
  const passed = files.flatMap((file) => (file.kind === "model" ? [file] : []));
  if (passed.length === 0) return { state: "ok", found };
  return {
    state: "warn",
    found,
    why: passed.map((file) => whyPassed(file, ports)).join("\n"),
    mend: t("Put a model there that was trained to fill in the middle, or name one in roles.complete."),
  };
}

function whyPassed(file: ModelFile, { localizer: { t } }: DoctorPorts): string {
  if (file.fim === undefined) return t("{0} was not trained to fill in the middle.", file.name);
  return t(
    "{0} is not taken by itself: it has {1} million parameters, and with fewer than {2} million a model is of no use.",
    file.name,
    millions(file.parameters),
    millions(leastParameters),
  );
}

function millions(count: number): number {
  return Math.max(1, Math.round(count / 1e6));
}

async function checkEmbedded(name: string, ports: DoctorPorts): Promise<Finding> {
  const file: ModelFileFinding = await ports.modelFile(name);
  if (file.kind === "model") {
    const found = modelText(file, ports);
    if (file.fim === undefined) return failing(found, cannotFill(file.name), ports);
    const failure = await ports.lastFailure({ kind: "embedded", model: name });
    return failure ? failing(found, failure, ports) : { state: "ok", found };
  }
  const failed = failing(file.path, file.error, ports);
  if (file.error.code !== "model-not-found") return failed;
  const { t } = ports.localizer;
  const part = (await ports.unfinished()).find((model) => model.name === name.replace(/\.gguf$/i, ""));
  const actions = [...pullActions(name, ports.localizer), ...(failed.actions ?? [])];
  if (!part) return { ...failed, actions };
  const why = t("{0} is not fetched to its end yet.", part.name);
  const mend = t("Fetch it again: that goes on where it stopped. (hearth models pull)");
  return { ...failed, why, mend, actions };
}

async function checkRemote(role: RemoteRole, ports: DoctorPorts): Promise<Finding> {
  const { t } = ports.localizer;
  const name = `${role.runtime}/${role.model}`;
  try {
    const remote = await ports.remoteModel(role);
    const failure = await ports.lastFailure(role);
    if (failure) return failing(name, failure, ports);
    return remote.kind === "reached"
      ? checkReached(remote.info, { name, role }, ports)
      : { state: "ok", found: t("{0}: {1} is started with the first request", name, remote.program) };
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return failing(name, error, ports);
  }
}

function checkReached(
  { contextTokens, untrainedTokens = 0, fim }: ModelInfo,
  { name, role }: { readonly name: string; readonly role: RemoteRole },
  ports: DoctorPorts,
): Finding {
  const { t } = ports.localizer;
  if (fim === undefined) return failing(name, cannotFill(role.model), ports);
  const found = t("{0} ({1} tokens, template {2})", name, contextTokens, fim);
  if (untrainedTokens === 0) return { state: "ok", found };
  const all = contextTokens + untrainedTokens;
  return {
    state: "warn",
    found,
    why: t(
      "Its context was set to {0} tokens and the model was trained with {1}: beyond those it writes nonsense, so Hearth leaves them empty.",
      all,
      contextTokens,
    ),
    mend: t("Start it with a context of {0} tokens, which frees the memory of the others.", contextTokens),
  };
}

function cannotFill(model: string): RuntimeError {
  return new RuntimeError("capability-missing", "{0} was not trained to fill in the middle.", {
    values: [model],
    mend: "Name a model in roles.complete that was trained to fill in the middle.",
  });
}

function failing(found: string, error: RuntimeError, { localizer }: DoctorPorts): Finding {
  const { message, mend } = explainError(error, localizer);
  return { state: "fail", found, why: message, mend, actions: actionsOf(error, localizer) };
}

function modelText(file: ModelFile, { localizer: { t } }: DoctorPorts): string {
  const size = fileSize(file.fileBytes);
  return file.fim === undefined
    ? t("embedded/{0} ({1})", file.name, size)
    : t("embedded/{0} ({1}, template {2})", file.name, size, file.fim);
}
