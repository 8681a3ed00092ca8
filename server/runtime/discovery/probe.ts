/**
 * Opens llama.cpp in a process of its own, says on standard output what it is, and ends. A native crash here
 * is a finding and hurts nobody. `--gpu` and `--packages` name a build that was fetched and must be the one opened.
 */

import { subscribe } from "node:diagnostics_channel";
import { parseArgs } from "node:util";
import { resolvePackagesFrom } from "../embedded/fetched-packages.ts";
import { freeMainMemory } from "../free-memory.ts";
import { loaderComplaints } from "./loader-complaints.ts";
import type { ProbeResult } from "./probe-result.ts";

const { values } = parseArgs({ options: { gpu: { type: "string" }, packages: { type: "string" } } });

/** How the process ended in which the library tried the build, where it was not by itself. */
let trialEnd: string | undefined;

const result = await probe();
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));

async function probe(): Promise<ProbeResult> {
  const { gpu: wanted, packages } = values;
  const gpu = wanted === "cuda" || wanted === "vulkan" ? wanted : "auto";
  if (packages !== undefined) resolvePackagesFrom(packages);
  subscribe("child_process", watchTrial);
  const library = await import("node-llama-cpp");
  try {
    const llama = await library.getLlama({
      build: "never",
      gpu,
      progressLogs: false,
      logLevel: library.LlamaLogLevel.disabled,
    });
    return await describe(llama);
  } catch (error) {
    if (trialEnd !== undefined) return { kind: "crashed", reason: trialEnd };
    const none = error instanceof library.NoBinaryFoundError;
    // The library says that it found nothing, and never why.
    if (none && packages !== undefined) return { kind: "missing", reason: await loaderComplaints(packages) };
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: none ? "missing" : "broken", reason };
  }
}

async function describe(llama: import("node-llama-cpp").Llama): Promise<ProbeResult> {
  const memory = await llama.getVramState();
  const gpu = llama.gpu === false || memory.total === 0 ? "none" : llama.gpu;
  const video = {
    names: await llama.getGpuDeviceNames(),
    totalBytes: memory.total,
    unifiedBytes: memory.unifiedSize,
  };
  return {
    kind: "works",
    release: llama.llamaCppRelease.release,
    gpu,
    physicalCores: llama.cpuMathCores,
    freeBytes: await freeMainMemory(() => llama.getRamState()),
    ...(gpu === "none" ? {} : { video }),
  };
}

/** One that refuses ends with 1; Windows tells of a crash by a large status. */
function watchTrial(message: unknown): void {
  const child = message instanceof Object && "process" in message ? message.process : undefined;
  if (!isProcess(child)) return;
  child.once("exit", (code: number | null, signal: string | null) => {
    if (signal !== null) trialEnd = signal;
    else if (code !== null && code > 1) trialEnd = `0x${code.toString(16)}`;
  });
}

function isProcess(value: unknown): value is NodeJS.EventEmitter {
  return value instanceof Object && "once" in value && typeof value.once === "function";
}
