/** The check of the runtime host: which models it holds now, and in how much memory. Looking starts no host. */

import { explainError } from "../../model/explain-error.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import type { DoctorPorts, Finding, LoadedModel } from "./doctor-ports.ts";
import { memorySize } from "./words.ts";

export async function checkHost(ports: DoctorPorts, signal: AbortSignal): Promise<Finding> {
  const { t } = ports.localizer;
  if ((await ports.ensureHome()).kind === "unwritable") {
    return {
      state: "warn",
      found: t("not looked at"),
      why: t("It lives in Hearth's folder, and that cannot be written."),
      mend: t("Set HEARTH_HOME to a folder of yours, or mend who may write there."),
    };
  }
  try {
    const models = await ports.loadedModels(signal);
    if (models.length === 0) return { state: "ok", found: t("no model is loaded") };
    const found = t("loaded: {0}", models.map(modelText).join(", "));
    const reduced = models.flatMap((model) => (model.reduced ? [model.reduced] : []));
    if (reduced.length === 0) return { state: "ok", found };
    return {
      state: "warn",
      found,
      why: reduced.map(({ sentence, values }) => t(sentence, ...values)).join(" "),
      mend: t("Close other programs and run Hearth: Restart to try it in full, or name a smaller model."),
    };
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    const { message, mend } = explainError(error, ports.localizer);
    const found = t("The runtime host cannot be used");
    // The usual mend of it is to run the doctor.
    const again = error.code === "runtime-unreachable" ? t("Try again in a moment.") : mend;
    return { state: "fail", found, why: message, mend: again };
  }
}

/** One that is not ready yet takes memory that nobody has counted. */
function modelText({ name, memoryBytes }: LoadedModel): string {
  return memoryBytes === 0 ? name : `${name} (${memorySize(memoryBytes)})`;
}
