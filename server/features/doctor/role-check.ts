/** The check of who completes code: the role as it is set, and whether that can answer. */

import { explainError } from "../../model/explain-error.ts";
import { completionCandidates, type ModelFile, type ModelFileFinding } from "../../model/findings.ts";
import { parseRole } from "../../model/role.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
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
    case "other":
      return {
        state: "fail",
        found: setting,
        why: t("This version of Hearth runs models inside itself only."),
        mend: t("Set roles.complete to auto, or to embedded/ and the path of a GGUF file."),
      };
  }
}

async function checkAuto(ports: DoctorPorts): Promise<Finding> {
  const { t } = ports.localizer;
  const files = await ports.modelFiles();
  const broken = files.find((file) => file.kind === "unusable");
  const [best] = completionCandidates(files);
  const found = best ? modelText(best, ports) : t("built in: learns from this workspace");
  if (!broken) return { state: "ok", found };
  const { message, mend } = explainError(broken.error, ports.localizer);
  return { state: "warn", found, why: `${broken.path}: ${message}`, mend };
}

function checkEmbedded(file: ModelFileFinding, ports: DoctorPorts): Finding {
  if (file.kind === "unusable") return failing(file.path, file.error, ports);
  if (file.fim !== undefined) return { state: "ok", found: modelText(file, ports) };
  const values = [file.name];
  const error = new RuntimeError("capability-missing", "{0} was not trained to fill in the middle.", {
    values,
  });
  return failing(modelText(file, ports), error, ports);
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
