/** The check of the models folder: where it is, how many models lie in it, which files are none, which not whole. */

import { byteSize } from "../../base/byte-size.ts";
import { explainError } from "../../model/explain-error.ts";
import type { DoctorPorts, Finding, UnfinishedModel } from "./doctor-ports.ts";
import { pullActions } from "./mend-actions.ts";

export async function checkModels(ports: DoctorPorts): Promise<Finding> {
  const { modelsFolder, localizer } = ports;
  const { t } = localizer;
  const [files, unfinished] = await Promise.all([ports.modelFiles(), ports.unfinished()]);
  const broken = files.flatMap((file) => (file.kind === "unusable" ? [file] : []));
  const count = files.length - broken.length;
  const found = count === 1 ? t("{0}: one model", modelsFolder) : t("{0}: {1} models", modelsFolder, count);
  const why = [
    ...broken.map(({ path, error }) => `${path}: ${explainError(error, localizer).message}`),
    ...unfinished.map((model) => unfinishedText(model, ports)),
  ];
  if (why.length === 0) return { state: "ok", found };
  return {
    state: "warn",
    found,
    why: why.join("\n"),
    mend: t("Fetch what is named again, or remove it."),
    actions: unfinished.flatMap(({ name }) => pullActions(name, localizer)),
  };
}

function unfinishedText({ name, bytes, total }: UnfinishedModel, { localizer: { t } }: DoctorPorts): string {
  return total === undefined
    ? t("{0} was fetched in part: {1} are here.", name, byteSize(bytes))
    : t("{0} was fetched in part: {1} of {2} are here.", name, byteSize(bytes), byteSize(total));
}
