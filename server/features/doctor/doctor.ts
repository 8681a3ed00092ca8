/** Runs every check and reports in a fixed order; a check that throws is a finding of its own. */

import type { Localizer } from "../../base/l10n.ts";
import type { DoctorCheck, DoctorResult } from "../../protocol/doctor.ts";
import { checkBackends } from "./backends-check.ts";
import type { DoctorPorts, Finding } from "./doctor-ports.ts";
import { checkEstimate } from "./estimate-check.ts";
import { checkDriver, checkLinks } from "./graphics-checks.ts";
import { checkHeat } from "./heat-check.ts";
import { checkHost } from "./host-check.ts";
import { checkHome, checkMachine, checkNode, checkProcessor, checkSettings } from "./machine-checks.ts";
import { mendActions } from "./mend-actions.ts";
import { checkModels } from "./models-check.ts";
import { checkProxy } from "./proxy-check.ts";
import { checkCompleteRole, checkReasonRole } from "./role-check.ts";
import { checkLlamaCpp, checkLlamaServer, checkOllama, checkOpenAi } from "./runtime-checks.ts";
import { checkContainer, checkWsl } from "./surroundings-checks.ts";
import { checkWorkspace } from "./workspace-check.ts";

/** Undefined where what it looks at is not there at all: a row about nothing helps nobody. */
type Check = (ports: DoctorPorts, signal: AbortSignal) => Promise<Finding | undefined> | Finding | undefined;

const checks: Readonly<Record<string, Check>> = {
  node: checkNode,
  home: checkHome,
  settings: checkSettings,
  machine: checkMachine,
  processor: checkProcessor,
  heat: checkHeat,
  wsl: checkWsl,
  container: checkContainer,
  proxy: checkProxy,
  "gpu.driver": checkDriver,
  "gpu.links": checkLinks,
  "llama.cpp": checkLlamaCpp,
  "gpu.build": checkBackends,
  host: checkHost,
  estimate: checkEstimate,
  models: checkModels,
  "roles.complete": checkCompleteRole,
  "roles.reason": checkReasonRole,
  workspace: checkWorkspace,
  ollama: checkOllama,
  "llama-server": checkLlamaServer,
  openai: checkOpenAi,
};

export async function runDoctor(ports: DoctorPorts, signal: AbortSignal): Promise<DoctorResult> {
  const findings = await Promise.all(
    Object.entries(checks).map(async ([id, check]) => {
      const finding = await findingOf(check, ports, signal);
      return finding ? [toCheck(id, finding, ports.localizer)] : [];
    }),
  );
  return { checks: findings.flat() };
}

async function findingOf(
  check: Check,
  ports: DoctorPorts,
  signal: AbortSignal,
): Promise<Finding | undefined> {
  try {
    return await check(ports, signal);
  } catch (thrown) {
    return crashed(thrown, ports.localizer);
  }
}

function toCheck(id: string, finding: Finding, localizer: Localizer): DoctorCheck {
  const { state, found, why = "", mend = "", actions = [] } = finding;
  const all = mendActions(mend, actions, localizer);
  return { id, state, found, why, mend, ...(all.length === 0 ? {} : { mendActions: all }) };
}

function crashed(thrown: unknown, { t }: Localizer): Finding {
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  const actions = [{ command: "hearth.showLog", arguments: [], title: t("Show Log") } as const];
  return {
    state: "fail",
    found: t("The check itself failed."),
    why,
    mend: t("Report it with this text."),
    actions,
  };
}
