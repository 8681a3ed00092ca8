/** The checks of what this system runs in: a container, and the Windows Subsystem for Linux. */

import { parseRole } from "../../protocol/role.ts";
import type { DoctorPorts, Finding } from "./doctor-ports.ts";
import { gibibytes } from "./words.ts";

export async function checkWsl(ports: DoctorPorts, signal: AbortSignal): Promise<Finding | undefined> {
  const { t } = ports.localizer;
  const { wsl } = await ports.surroundings();
  if (wsl === undefined) return undefined;
  const found = t("Windows Subsystem for Linux, version {0}", wsl);
  if (wsl === 1) {
    return {
      state: "warn",
      found,
      why: t("Its first version has no way to a GPU, and reads files slowly."),
      mend: t("Change to the second in Windows: {0}", "wsl --set-version <name> 2"),
    };
  }
  // Windows' drives come as files of a network.
  if (/^\/mnt\/[a-z]\//.test(ports.modelsFolder)) {
    return {
      state: "warn",
      found,
      why: t(
        "{0} lies on a drive of Windows: a model is read from there many times slower.",
        ports.modelsFolder,
      ),
      mend: t("Set HEARTH_HOME to a folder of the Linux side, such as {0}.", "~/.local/share/hearth"),
    };
  }
  if (await missesOllama(ports, signal)) {
    return {
      state: "warn",
      found,
      why: t(
        "An Ollama that runs in Windows does not answer at 127.0.0.1 here, unless both share their network.",
      ),
      mend: t("Put networkingMode=mirrored into .wslconfig in Windows, or run Ollama on the Linux side."),
    };
  }
  return { state: "ok", found };
}

/** A 7B model at four bits with a context takes 6 GB, and the system its share. */
const leastContainerBytes = 8 * 1024 ** 3;

export async function checkContainer(ports: DoctorPorts, signal: AbortSignal): Promise<Finding | undefined> {
  const { t } = ports.localizer;
  const { container, limitBytes } = await ports.surroundings();
  if (container === undefined && limitBytes === undefined) return undefined;
  const { totalBytes } = ports.memory;
  const name = container ?? t("a control group");
  const found =
    limitBytes === undefined
      ? name
      : t("{0}: {1} of the machine's {2} of memory", name, gibibytes(limitBytes), gibibytes(totalBytes));
  if (limitBytes !== undefined && limitBytes < leastContainerBytes) {
    return {
      state: "warn",
      found,
      why: t(
        "The system ends what takes more than that, however much the machine has: a model of 7 billion parameters does.",
      ),
      mend: t("Give it more memory (Docker: --memory), or choose a smaller model."),
    };
  }
  if (container !== undefined && (await missesOllama(ports, signal))) {
    return {
      state: "warn",
      found,
      why: t("127.0.0.1 is the container itself: an Ollama that runs on its host does not answer there."),
      mend: t(
        "Set runtimes.ollama.url to {0}, or give the container its host's network.",
        "http://host.docker.internal:11434",
      ),
    };
  }
  return { state: "ok", found };
}

/** Whether the role wants an Ollama of this machine, and none answers. */
async function missesOllama(ports: DoctorPorts, signal: AbortSignal): Promise<boolean> {
  const role = parseRole(ports.settings["roles.complete"]);
  if (role.kind !== "remote" || role.runtime !== "ollama") return false;
  return (await ports.ollama(signal)).kind === "absent";
}
