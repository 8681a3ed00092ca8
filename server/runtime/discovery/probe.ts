/**
 * Opens llama.cpp in a process of its own, says on standard output what it is, and ends. A native crash here
 * is a finding and hurts nobody.
 */

import { freeMainMemory } from "../free-memory.ts";
import type { ProbeResult } from "./probe-result.ts";

const result = await probe();
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));

async function probe(): Promise<ProbeResult> {
  const library = await import("node-llama-cpp");
  try {
    const llama = await library.getLlama({
      build: "never",
      gpu: "auto",
      progressLogs: false,
      logLevel: library.LlamaLogLevel.disabled,
    });
    const memory = await llama.getVramState();
    const gpu = llama.gpu === false || memory.total === 0 ? "none" : llama.gpu;
    return {
      kind: "works",
      release: llama.llamaCppRelease.release,
      gpu,
      physicalCores: llama.cpuMathCores,
      freeBytes: await freeMainMemory(() => llama.getRamState()),
      ...(gpu === "none"
        ? {}
        : {
            video: {
              names: await llama.getGpuDeviceNames(),
              totalBytes: memory.total,
              unifiedBytes: memory.unifiedSize,
            },
          }),
    };
  } catch (error) {
    const kind = error instanceof library.NoBinaryFoundError ? "missing" : "broken";
    return { kind, reason: error instanceof Error ? error.message : String(error) };
  }
}
