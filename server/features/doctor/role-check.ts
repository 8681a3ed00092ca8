/** The check of who completes code: the role as it is set, and whether that can answer. */

import { explainError } from "../../model/explain-error.ts";
import {
  autoCandidates,
  leastParameters,
  type ModelFile,
  type ModelFileFinding,
} from "../../model/findings.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { parseRole, type RemoteRole } from "../../protocol/role.ts";
import type { DoctorPorts, Finding } from "./doctor-ports.ts";
import { fileSize } from "./words.ts";

export async function checkCompleteRole(ports: DoctorPorts): Promise<Finding> {
  const { t } = ports.localizer;
  const setting = ports.settings["roles.complete"];
  const role = parseRole(setting);
  switch (role.kind) {
    case "off":
      return { state: "ok", found: t("off") };
    case "builtin":
      return { state: "ok", found: t("built in: learns from this workspace") };
    case "auto":
      return checkAuto(ports);
    case "embedded":
      return checkEmbedded(await ports.modelFile(role.model), ports);
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
  const found = t("built in: learns from this workspace");
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

function checkEmbedded(file: ModelFileFinding, ports: DoctorPorts): Finding {
  if (file.kind === "unusable") return failing(file.path, file.error, ports);
  if (file.fim !== undefined) return { state: "ok", found: modelText(file, ports) };
  return failing(modelText(file, ports), cannotFill(file.name), ports);
}

async function checkRemote(role: RemoteRole, ports: DoctorPorts): Promise<Finding> {
  const { t } = ports.localizer;
  const name = `${role.runtime}/${role.model}`;
  try {
    const { contextTokens, fim } = await ports.remoteModel(role);
    if (fim !== undefined) {
      return { state: "ok", found: t("{0} ({1} tokens, template {2})", name, contextTokens, fim) };
    }
    return failing(name, cannotFill(role.model), ports);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return failing(name, error, ports);
  }
}

function cannotFill(model: string): RuntimeError {
  const values = [model];
  return new RuntimeError("capability-missing", "{0} was not trained to fill in the middle.", { values });
}

function failing(found: string, error: RuntimeError, { localizer }: DoctorPorts): Finding {
  const { message, mend } = explainError(error, localizer);
  return { state: "fail", found, why: message, mend };
}

function modelText(file: ModelFile, { localizer: { t } }: DoctorPorts): string {
  const size = fileSize(file.fileBytes);
  return file.fim === undefined
    ? t("embedded/{0} ({1})", file.name, size)
    : t("embedded/{0} ({1}, template {2})", file.name, size, file.fim);
}
