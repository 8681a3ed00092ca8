/** Tries a build of llama.cpp for a GPU in a process of its own, before any model is given to it. */

import type { Clock } from "../../base/clock.ts";
import type { BackendTrial, GpuApi } from "../../model/backend.ts";
import { buildArguments } from "../discovery/find-llama-cpp.ts";
import type { ProbeResult } from "../discovery/probe-result.ts";
import { runProbe } from "../discovery/run-probe.ts";

export interface TriedBuild {
  readonly gpu: GpuApi;
  /** Holds the `node_modules` with its packages. */
  readonly folder: string;
}

export interface TrialPorts {
  /** The program of the probe. */
  readonly entry: string;
  readonly clock: Clock;
  readonly limitMs: number;
}

/** A first start with a new driver may compile for the GPU. */
export const usualLimitMs = 45_000;

/** Undefined when `signal` aborted it. */
export async function tryBackend(
  build: TriedBuild,
  { entry, clock, limitMs }: TrialPorts,
  signal: AbortSignal,
): Promise<BackendTrial | undefined> {
  const end = await runProbe({ entry, args: buildArguments(build), clock, limitMs }, signal);
  switch (end.kind) {
    case "said":
      return judge(build.gpu, end.result);
    case "died":
      return { kind: "crashed", reason: end.reason };
    case "hung":
      return { kind: "hung", seconds: Math.round(limitMs / 1000) };
    case "aborted":
      return undefined;
  }
}

/** With a loader of Vulkan and no GPU the library opens one of 0 bytes, or none. */
function judge(gpu: GpuApi, result: ProbeResult): BackendTrial {
  if (result.kind === "crashed") return { kind: "crashed", reason: result.reason };
  if (result.kind !== "works")
    return result.reason === "" ? { kind: "no-memory" } : { kind: "refused", reason: result.reason };
  const { video } = result;
  if (result.gpu !== gpu || !video || video.totalBytes === 0) return { kind: "no-memory" };
  return { kind: "works", devices: video.names, memoryBytes: video.totalBytes };
}
