/** Whether the llama.cpp of this platform is there and runs, found out in a process of its own. */

import { systemClock } from "../../base/clock.ts";
import type { LlamaCppFinding } from "../../model/findings.ts";
import type { ProbeResult } from "./probe-result.ts";
import { type ProbeEnd, runProbe } from "./run-probe.ts";

/** Opening a GPU for the first time may compile shaders. */
const limitMs = 20_000;

export interface LlamaCppRequest {
  /** The program of the probe. */
  readonly entry: string;
  /** The build that is used in place of the one that Hearth carries. */
  readonly build?: { readonly gpu: string; readonly folder: string } | undefined;
}

export async function findLlamaCpp(
  { entry, build }: LlamaCppRequest,
  signal: AbortSignal,
): Promise<LlamaCppFinding> {
  const args = build ? buildArguments(build) : [];
  return findingOf(await runProbe({ entry, args, clock: systemClock, limitMs }, signal));
}

export function buildArguments({ gpu, folder }: { readonly gpu: string; readonly folder: string }) {
  return ["--gpu", gpu, "--packages", folder];
}

function findingOf(end: ProbeEnd): LlamaCppFinding {
  switch (end.kind) {
    case "said":
      return saidOf(end.result);
    case "died":
      return { kind: "broken", reason: end.reason };
    case "hung":
      return { kind: "broken", reason: `> ${limitMs / 1000} s` };
    case "aborted":
      return { kind: "broken", reason: "" };
  }
}

function saidOf(result: ProbeResult): LlamaCppFinding {
  if (result.kind === "works") return result;
  return { kind: result.kind === "missing" ? "missing" : "broken", reason: result.reason };
}
