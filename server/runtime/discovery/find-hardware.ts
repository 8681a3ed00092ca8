/** What this machine is made of, as far as a plan needs it: nothing is loaded, and what does not answer is left out. */

import { readFile } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import { findAccelerator } from "../../model/accelerators.ts";
import type { LlamaCppFinding } from "../../model/findings.ts";
import { type Gpu, type Hardware, usualRamBandwidth } from "../../model/plan/hardware.ts";
import { appleHardware, unknownGpuBandwidth } from "../../model/plan/imagined-hardware.ts";
import { askNvidiaSmi } from "./nvidia-smi.ts";
import { instructionsIn } from "./processor-instructions.ts";

export interface HardwareRequest {
  /** llama.cpp's own look, which knows GPUs of every make. */
  readonly llamaCpp: (signal: AbortSignal) => Promise<LlamaCppFinding>;
  /** The processes of models that Hearth has loaded: what they take would be free again. */
  readonly own?: () => Promise<readonly number[]>;
}

export async function findHardware(
  { llamaCpp, own = () => Promise.resolve([]) }: HardwareRequest,
  signal: AbortSignal,
): Promise<Hardware> {
  const [nvidia, finding, processor, board] = await Promise.all([
    own().then((pids) => askNvidiaSmi(signal, { own: new Set(pids) })),
    llamaCpp(signal),
    systemFile("/proc/cpuinfo"),
    systemFile("/proc/device-tree/model"),
  ]);
  const computer: Hardware = {
    kind: "computer",
    ramBytes: mainMemory(),
    ramBandwidth: usualRamBandwidth,
    cores: finding.kind === "works" ? finding.physicalCores : availableParallelism(),
    instructions: instructionsIn(processor, process.arch),
    gpus: nvidia.length > 0 ? nvidia : gpusOf(finding),
    ...(finding.kind === "works" ? { backEnd: finding.gpu } : {}),
  };
  const chip = findAccelerator(cpus()[0]?.model ?? "");
  if (process.platform === "darwin" && chip?.kind === "apple") return appleHardware(chip, computer);
  return board === "" || computer.gpus.length > 0 ? computer : boardHardware(board, computer);
}

/** A container may have less than its machine. */
function mainMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** GPUs that llama.cpp names share the total that it sees; what shares the main memory is no memory more. */
function gpusOf(finding: LlamaCppFinding): readonly Gpu[] {
  if (finding.kind !== "works" || !finding.video) return [];
  const { names, totalBytes, unifiedBytes } = finding.video;
  const ownBytes = totalBytes - unifiedBytes;
  if (ownBytes <= 0) return [];
  return names.map((name) => ({
    name,
    memoryBytes: ownBytes / names.length,
    bandwidth: (findAccelerator(name)?.bandwidth ?? unknownGpuBandwidth / 1e9) * 1e9,
  }));
}

function boardHardware(model: string, computer: Hardware): Hardware {
  const known = findAccelerator(model);
  if (known?.kind !== "board") return computer;
  return { ...computer, kind: "board", ramBandwidth: known.bandwidth * 1e9 };
}

/** Empty where the system has none. */
async function systemFile(path: string): Promise<string> {
  if (process.platform !== "linux") return "";
  return readFile(path, "utf8").then(
    (text) => text.replaceAll("\0", ""),
    () => "",
  );
}
