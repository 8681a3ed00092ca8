/** The check of which build of llama.cpp computes here: whether it reaches the GPU, and what was dropped. */

import type { BackendReason } from "../../model/backend.ts";
import { explainBackend } from "../../model/explain-backend.ts";
import type { DoctorPorts, Finding } from "./doctor-ports.ts";

export async function checkBackends(ports: DoctorPorts, signal: AbortSignal): Promise<Finding> {
  const { localizer } = ports;
  const { chosen, because } = await ports.backends(signal);
  const said = because.map((reason) => explainBackend(reason, localizer));
  const wrong = because.filter(({ kind }) => kind === "dropped" || kind === "lacks" || kind === "fetchable");
  // What could be better still is no fault where a GPU is at work.
  if (chosen !== "carried" || wrong.length === 0) return { state: "ok", found: said.join(" ") };
  return {
    state: "warn",
    found: localizer.t("llama.cpp computes on the CPU."),
    why: said.join("\n"),
    mend: wrong.map((reason) => mendOf(reason, ports)).find((mend) => mend !== "") ?? "",
  };
}

function mendOf(reason: BackendReason, { localizer: { t } }: DoctorPorts): string {
  switch (reason.kind) {
    case "dropped":
      return t(
        "Update the GPU's driver, then try it again: {0}. Or remove it: {1}",
        `hearth backends get ${reason.name}`,
        `hearth backends rm ${reason.name}`,
      );
    case "fetchable":
      return t("Run: {0}", `hearth backends get ${reason.name}`);
    case "lacks":
      return t("Install the GPU's driver.");
    case "metal":
    case "used":
    case "untried":
    case "no-gpu":
    case "no-build":
      return "";
  }
}
