/** The checks of what can run a model here. What is not installed is no fault: nothing needs it. */

import { isOlder } from "../../base/node-versions.ts";
import { explainError } from "../../model/explain-error.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import type { DoctorPorts, Finding } from "./doctor-ports.ts";

export async function checkLlamaCpp(ports: DoctorPorts, signal: AbortSignal): Promise<Finding> {
  const { t } = ports.localizer;
  const finding = await ports.llamaCpp(signal);
  switch (finding.kind) {
    case "works": {
      const where = finding.gpu === "none" ? t("on the CPU") : t("on the GPU ({0})", finding.gpu);
      return {
        state: "ok",
        found: t(
          "llama.cpp {0} works {1}, {2} physical cores",
          finding.release,
          where,
          finding.physicalCores,
        ),
      };
    }
    case "missing":
      return {
        state: "warn",
        found: t("No llama.cpp for this platform ({0})", `${process.platform}-${process.arch}`),
        why: t("Without it no model runs inside Hearth; the built-in completer does. ({0})", finding.reason),
        mend: t("Install Hearth again for this platform."),
      };
    case "broken":
      return {
        state: "fail",
        found: t("llama.cpp does not start"),
        why: finding.reason,
        mend: t("Install Hearth again for this platform. The built-in completer works without it."),
      };
  }
}

/** The first version without CVE-2026-7482. */
const safeOllama = "0.17.1";
/** What one says that was not built by its makers: how old it is nobody knows, so nothing is said about that. */
const builtByHand = "0.0.0";

export async function checkOllama(ports: DoctorPorts, signal: AbortSignal): Promise<Finding> {
  const { t } = ports.localizer;
  const finding = await ports.ollama(signal);
  switch (finding.kind) {
    case "absent":
      return { state: "ok", found: absentOllama(finding.url, await ports.idleOllama(), ports) };
    case "late":
      return {
        state: "warn",
        found: t("What listens at {0} does not answer", finding.url),
        why: t("It takes a connection and says nothing: it hangs, or is stopped."),
        mend: t("Restart it."),
      };
    case "not-asked":
      return {
        state: "warn",
        found: t("{0} was not asked", finding.url),
        why: t("OLLAMA_HOST names another machine, and privacy.offline is on."),
        mend: t("Set privacy.offline to false if that machine may be asked."),
      };
    case "stranger":
      return {
        state: "warn",
        found: t("What answers at {0} is not Ollama", finding.url),
        why: t("Another program holds the port; no code is sent to it."),
        mend: t("End that program, or start Ollama at another port and set runtimes.ollama.url to it."),
      };
    case "found": {
      if (finding.version === builtByHand) {
        const [url, count] = [finding.url, finding.models.length];
        return {
          state: "ok",
          found: t("Ollama at {0}, a build that has no version, {1} models", url, count),
        };
      }
      const found = t("Ollama {0} at {1}, {2} models", finding.version, finding.url, finding.models.length);
      if (finding.models.length === 0 && finding.elsewhere !== undefined) {
        return {
          state: "warn",
          found,
          why: t("All of its models are computed in a cloud, and no code is sent there."),
          mend: t("Fetch a model that it computes itself: hearth models pull ollama/NAME."),
        };
      }
      if (!isOlder(finding.version, safeOllama)) return { state: "ok", found };
      return {
        state: "warn",
        found,
        why: t("Versions before {0} have a known hole (CVE-2026-7482).", safeOllama),
        mend: t("Update Ollama."),
      };
    }
  }
}

function absentOllama(url: string, program: string | undefined, { localizer: { t } }: DoctorPorts): string {
  return program === undefined
    ? t("No Ollama at {0}, and none is installed here", url)
    : t(
        "{0} is installed and does not run: start it, or name one of its models in a role ({1}).",
        program,
        "ollama/NAME",
      );
}

/** Left out where no address is set. */
export async function checkOpenAi(ports: DoctorPorts, signal: AbortSignal): Promise<Finding | undefined> {
  const { t } = ports.localizer;
  try {
    const finding = await ports.openai(signal);
    if (!finding) return undefined;
    const { url } = finding;
    return finding.kind === "wants-key"
      ? {
          state: "ok",
          found: t("A server answers at {0} and wants a key, which the doctor does not send", url),
        }
      : { state: "ok", found: t("A server at {0} serves models: {1}", url, finding.models) };
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    const found = t("No server of OpenAI's protocol at {0}", ports.settings["runtimes.openai.url"]);
    const { message } = explainError(error, ports.localizer);
    return { state: "warn", found, why: message, mend: t("Start it there, or correct runtimes.openai.url.") };
  }
}

export async function checkLlamaServer(ports: DoctorPorts, signal: AbortSignal): Promise<Finding> {
  const { t } = ports.localizer;
  const { path, running, instead } = await ports.llamaServer(signal);
  if (running)
    return { state: "ok", found: t("llama-server answers at {0} ({1})", running.url, running.model) };
  const set = ports.settings["runtimes.llamaServer.url"];
  // Whatever listens at its usual port is nobody's concern who has not named it.
  if (set === "" || !instead) return { state: "ok", found: path ?? t("No llama-server on PATH") };
  const mend = t("Start llama-server there, or correct runtimes.llamaServer.url.");
  return instead.kind === "late"
    ? {
        state: "warn",
        found: t("What listens at {0} does not answer", instead.url),
        why: t("It takes a connection and says nothing: it hangs, or is stopped."),
        mend,
      }
    : {
        state: "warn",
        found: t("What answers at {0} is not llama-server", instead.url),
        why: t("Another program holds the port; no code is sent to it."),
        mend,
      };
}
