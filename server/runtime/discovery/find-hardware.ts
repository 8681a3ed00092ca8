/** What this machine is made of, as far as a plan needs it: nothing is loaded, and what does not answer is left out. */

import { readFile } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import { findAccelerator } from "../../model/accelerators.ts";
import type { LlamaCppFinding } from "../../model/findings.ts";
import { type Gpu, type Hardware, usualRamBandwidth } from "../../model/plan/hardware.ts";
import { appleHardware, bandwidthOf } from "../../model/plan/imagined-hardware.ts";
import { type AmdCard, type AmdPlaces, amdBytesOf, findAmdCards, usualAmdPlaces } from "./amd-cards.ts";
import { askNvidiaSmi } from "./nvidia-smi.ts";
import { instructionsIn } from "./processor-instructions.ts";

export interface HardwareRequest {
  /** llama.cpp's own look, which knows GPUs of every make. */
  readonly llamaCpp: (signal: AbortSignal) => Promise<LlamaCppFinding>;
  /** The processes of models that Hearth has loaded: what they take would be free again. */
  readonly own?: () => Promise<readonly number[]>;
  readonly places?: AmdPlaces;
}

export async function findHardware(
  { llamaCpp, own = () => Promise.resolve([]), places = usualAmdPlaces }: HardwareRequest,
  signal: AbortSignal,
): Promise<Hardware> {
  const ours = own();
  const [nvidia, amd, finding, processor, board] = await Promise.all([
    ours.then((pids) => askNvidiaSmi(signal, { own: new Set(pids) })),
    ours.then((pids) => amdCardsLessOurs(pids, places)),
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
    gpus: nvidia.length > 0 ? nvidia : withOthers(gpusOf(finding), amd),
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
    ...bandwidthOf(findAccelerator(name)),
  }));
}

async function amdCardsLessOurs(
  pids: readonly number[],
  { drm, proc }: AmdPlaces,
): Promise<readonly AmdCard[]> {
  const [cards, ours] = await Promise.all([findAmdCards(drm), amdBytesOf(pids, proc)]);
  return cards.map((card) => ({
    ...card,
    usedBytes: Math.max(0, card.usedBytes - (ours.get(card.address) ?? 0)),
  }));
}

/** What a driver and the kernel may count differently. */
const sameSize = 0.05;

/** What others use is known where each GPU has its card: as many, of the same size. Else nobody says which is which. */
function withOthers(gpus: readonly Gpu[], cards: readonly AmdCard[]): readonly Gpu[] {
  const fitting = cards.filter(({ totalBytes }) =>
    gpus.some(({ memoryBytes }) => Math.abs(totalBytes / memoryBytes - 1) <= sameSize),
  );
  if (fitting.length !== gpus.length) return gpus;
  return gpus.map((gpu, index) => ({ ...gpu, othersBytes: fitting[index]?.usedBytes ?? 0 }));
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
