/** What decides whether a model fits, as far as it can be asked in a moment: the devices, and what of their memory is free. */

import { arch, cpus, freemem, release, totalmem } from "node:os";
import { freeMainMemory } from "../free-memory.ts";
import type { Circumstances } from "../ladder/remembered.ts";
import { findAmdCards, usualAmdPlaces } from "./amd-cards.ts";
import { runNvidiaSmi } from "./nvidia-smi.ts";

export interface MemoryPlaces {
  readonly nvidiaSmi: string;
  /** Where Linux shows its graphics devices. */
  readonly drm: string;
}

const usual: MemoryPlaces = { nvidiaSmi: "nvidia-smi", drm: usualAmdPlaces.drm };

interface Device {
  /** With its driver. */
  readonly name: string;
  readonly freeBytes: number;
}

export async function memoryNow(
  signal: AbortSignal,
  places: Partial<MemoryPlaces> = {},
): Promise<Circumstances> {
  const { nvidiaSmi, drm } = { ...usual, ...places };
  const [nvidia, amd] = await Promise.all([nvidiaDevices(nvidiaSmi, signal), amdDevices(drm)]);
  const devices = [...nvidia, ...amd];
  const machine = [release(), arch(), cpus()[0]?.model ?? "", totalmem(), process.constrainedMemory()];
  const free = devices.reduce((sum, { freeBytes }) => sum + freeBytes, 0);
  return {
    setting: JSON.stringify([...machine, ...devices.map(({ name }) => name)]),
    freeMainBytes: await freeMainMemory(() => Promise.resolve({ free: freemem() })),
    ...(devices.length === 0 ? {} : { freeGpuBytes: free }),
  };
}

async function nvidiaDevices(program: string, signal: AbortSignal): Promise<readonly Device[]> {
  const question = [
    "--query-gpu=name,driver_version,memory.total,memory.free",
    "--format=csv,noheader,nounits",
  ];
  const said = await runNvidiaSmi(question, { program }, signal);
  return said.kind === "said" ? readNvidia(said.text) : [];
}

/** Lines such as `NVIDIA GeForce RTX 3060, 550.54.14, 12288, 11911`, in MiB; a line that is none is left out. */
function readNvidia(text: string): readonly Device[] {
  return text.split("\n").flatMap((line) => {
    const [, name, mebibytes] = /^\s*(\S.*?)\s*,\s*(\d+)\s*$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, freeBytes: Number(mebibytes) * 1024 ** 2 }];
  });
}

/** The driver `amdgpu` comes with the kernel, whose version is named with the machine. */
async function amdDevices(drm: string): Promise<readonly Device[]> {
  const cards = await findAmdCards(drm);
  return cards.map(({ name, totalBytes, usedBytes }) => ({
    name: `${name} ${totalBytes}`,
    freeBytes: Math.max(0, totalBytes - usedBytes),
  }));
}
