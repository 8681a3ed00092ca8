/** The check of the models folder: where it is, how many models lie in it, and which files are none. */

import { explainError } from "../../model/explain-error.ts";
import type { DoctorPorts, Finding } from "./doctor-ports.ts";

export async function checkModels(ports: DoctorPorts): Promise<Finding> {
  const { modelsFolder, localizer } = ports;
  const { t } = localizer;
  const files = await ports.modelFiles();
  const broken = files.flatMap((file) => (file.kind === "unusable" ? [file] : []));
  const count = files.length - broken.length;
  const found = count === 1 ? t("{0}: one model", modelsFolder) : t("{0}: {1} models", modelsFolder, count);
  if (broken.length === 0) return { state: "ok", found };
  return {
    state: "warn",
    found,
    why: broken.map(({ path, error }) => `${path}: ${explainError(error, localizer).message}`).join("\n"),
    mend: t("Fetch what is named again, or remove it."),
  };
}
