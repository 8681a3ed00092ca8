/** The checks of what Hearth stands on: Node, its folder, its settings, cores and memory. */

import type { Localizer } from "../../base/l10n.ts";
import { oldestNode, runsOn, testedNode } from "../../base/node-versions.ts";
import type { DoctorPorts, Finding } from "./doctor-ports.ts";
import { gibibytes } from "./words.ts";

export function checkNode({ nodeVersion, localizer: { t } }: DoctorPorts): Finding {
  const found = t("Node.js {0}", nodeVersion);
  if (runsOn(nodeVersion)) return { state: "ok", found };
  return {
    state: "fail",
    found,
    why: t("Hearth needs Node.js {0} or newer; this is {1}.", oldestNode, nodeVersion),
    mend: t("Install Node.js {0}, which it is tested with.", testedNode),
  };
}

export async function checkHome(ports: DoctorPorts): Promise<Finding> {
  const { home, localizer } = ports;
  const { t } = localizer;
  const state = await ports.ensureHome();
  switch (state.kind) {
    case "writable":
      return { state: "ok", found: home };
    case "open":
      return {
        state: "warn",
        found: home,
        why: t("Other users of this machine can look into it (mode {0}).", state.mode.toString(8)),
        mend: t("Run: {0}", `chmod 700 "${home}"`),
      };
    case "unwritable":
      return {
        state: "fail",
        found: home,
        why: whyUnwritable(state.reason, localizer),
        mend: t("Set HEARTH_HOME to a folder of yours, or mend who may write there."),
      };
  }
}

/** The system's own words name the path where a folder is wanted and something else is. */
function whyUnwritable(reason: string, { t }: Localizer): string {
  const [, path] = /^(?:EEXIST|ENOTDIR): .*'(.+)'$/s.exec(reason) ?? [];
  return path === undefined ? t("It cannot be written: {0}", reason) : t("{0} is not a folder.", path);
}

export function checkSettings({ problems, localizer: { t } }: DoctorPorts): Finding {
  if (problems.length === 0) return { state: "ok", found: t("No problems") };
  return {
    state: "warn",
    found: problems.length === 1 ? t("One problem") : t("{0} problems", problems.length),
    why: problems.join("\n"),
    mend: t("Correct or remove what is named. docs/settings.md lists every setting."),
    actions: [{ command: "hearth.openSettings", arguments: [], title: t("Open Settings") }],
  };
}

/** Without them llama.cpp computes several times slower, and builds that need them end with an illegal instruction. */
const usualInstructions = "avx2";

/** Left out where the system does not tell, and of others than x64. */
export async function checkProcessor(ports: DoctorPorts): Promise<Finding | undefined> {
  const { t } = ports.localizer;
  const { architecture, instructions } = await ports.processor();
  if (architecture !== "x64" || instructions.length === 0) return undefined;
  const found = instructions.map((name) => name.toUpperCase()).join(", ");
  if (instructions.includes(usualInstructions)) return { state: "ok", found };
  return {
    state: "warn",
    found,
    why: t(
      "It has no AVX2: most builds of runtimes need it, and end with an illegal instruction or are slow.",
    ),
    mend: t(
      "In a virtual machine let it have the host's processor; else build llama.cpp on this machine and name its llama-server in runtimes.llamaServer.path.",
    ),
  };
}

/** Below this a small model of a few hundred million parameters has no room. */
const leastFreeBytes = 1024 ** 3;

export async function checkMachine(ports: DoctorPorts, signal: AbortSignal): Promise<Finding> {
  const { memory, logicalCores } = ports;
  const { t } = ports.localizer;
  const llamaCpp = await ports.llamaCpp(signal).catch(() => undefined);
  const freeBytes = llamaCpp?.kind === "works" ? llamaCpp.freeBytes : memory.availableBytes;
  const found = t(
    "{0} processors, {1} of {2} of memory free",
    logicalCores,
    gibibytes(freeBytes),
    gibibytes(memory.totalBytes),
  );
  if (freeBytes >= leastFreeBytes) return { state: "ok", found };
  return {
    state: "warn",
    found,
    why: t("A model needs at least {0} of free memory.", gibibytes(leastFreeBytes)),
    mend: t("Close other programs before a model is loaded. The built-in completer needs none of it."),
  };
}
