/** Runs every check and reports in a fixed order; a check that throws is a finding of its own. */

import { untilAborted } from "../../base/abort.ts";
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

/** Longer than every limit that a check has of its own, one after the other. */
const patienceMs = 90_000;

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
  const late = new AbortController();
  const limit = ports.clock.after(patienceMs, () => late.abort());
  try {
    // Undefined of its own is as good as an end: no check of one that hangs holds the others.
    const found = await untilAborted(Promise.resolve(check(ports, signal)), late.signal);
    return late.signal.aborted ? unanswered(ports.localizer) : found;
  } catch (thrown) {
    return crashed(thrown, ports.localizer);
  } finally {
    limit.dispose();
  }
}

function unanswered({ t }: Localizer): Finding {
  return {
    state: "fail",
    found: t("The check did not come to an end."),
    why: t("What it asked has not answered for {0} seconds.", patienceMs / 1000),
    mend: t("Look at what it is about, and try again."),
  };
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
