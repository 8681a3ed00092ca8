/** Runs every check and reports in a fixed order; a check that throws is a finding of its own. */

import type { Localizer } from "../../base/l10n.ts";
import type { DoctorCheck, DoctorResult } from "../../protocol/doctor.ts";
import type { DoctorPorts, Finding } from "./doctor-ports.ts";
import { checkHost } from "./host-check.ts";
import { checkHome, checkMachine, checkNode, checkSettings } from "./machine-checks.ts";
import { checkModels } from "./models-check.ts";
import { checkCompleteRole } from "./role-check.ts";
import { checkLlamaCpp, checkLlamaServer, checkOllama } from "./runtime-checks.ts";
import { checkWorkspace } from "./workspace-check.ts";

type Check = (ports: DoctorPorts, signal: AbortSignal) => Promise<Finding> | Finding;

const checks: Readonly<Record<string, Check>> = {
  node: checkNode,
  home: checkHome,
  settings: checkSettings,
  machine: checkMachine,
  "llama.cpp": checkLlamaCpp,
  host: checkHost,
  models: checkModels,
  "roles.complete": checkCompleteRole,
  workspace: checkWorkspace,
  ollama: checkOllama,
  "llama-server": checkLlamaServer,
};

export async function runDoctor(ports: DoctorPorts, signal: AbortSignal): Promise<DoctorResult> {
  return {
    checks: await Promise.all(
      Object.entries(checks).map(async ([id, check]) => ({ id, ...(await findingOf(check, ports, signal)) })),
    ),
  };
}

async function findingOf(
  check: Check,
  ports: DoctorPorts,
  signal: AbortSignal,
): Promise<Omit<DoctorCheck, "id">> {
  try {
    const { state, found, why = "", mend = "" } = await check(ports, signal);
    return { state, found, why, mend };
  } catch (thrown) {
    return crashed(thrown, ports.localizer);
  }
}

function crashed(thrown: unknown, { t }: Localizer): Omit<DoctorCheck, "id"> {
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return { state: "fail", found: t("The check itself failed."), why, mend: t("Report it with this text.") };
}
