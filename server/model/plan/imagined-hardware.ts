/** Hardware that a person names: what they leave out is taken from the machine at hand. */

import { type Accelerator, findAccelerator } from "../accelerators.ts";
import { appleGpuBytes, type Gpu, gib, type Hardware, usualRamBandwidth } from "./hardware.ts";

export interface HardwareWish {
  /** A name of the table, or `none`. */
  readonly gpu?: string;
  readonly vramBytes?: number;
  /** Of the memory that computes, in bytes a second: the GPU's, or where there is none the main memory's. */
  readonly bandwidth?: number;
  readonly gpus?: number;
  readonly ramBytes?: number;
  readonly cores?: number;
}

/** In bytes a second, of a GPU that the table does not know: less than any that has been made for years. */
export const unknownGpuBandwidth = 200e9;

export function bandwidthOf(known: Accelerator | undefined): Pick<Gpu, "bandwidth" | "bandwidthFrom"> {
  return known
    ? { bandwidth: known.bandwidth * 1e9 }
    : { bandwidth: unknownGpuBandwidth, bandwidthFrom: "assumed" };
}

/** Undefined where the GPU's name is not known, and its memory is not given either. */
export function imagineHardware(wish: HardwareWish, here: Hardware): Hardware | undefined {
  const hardware = imagine(wish, here);
  return hardware && wish.bandwidth !== undefined ? withBandwidth(hardware, wish.bandwidth) : hardware;
}

function imagine(wish: HardwareWish, here: Hardware): Hardware | undefined {
  const computer: Hardware = {
    ...here,
    ramBytes: wish.ramBytes ?? here.ramBytes,
    cores: wish.cores ?? here.cores,
  };
  if (wish.gpu === undefined && wish.vramBytes === undefined) return withCount(computer, wish.gpus);
  const { backEnd: _, ...elsewhere } = computer;
  const plain: Hardware = { ...elsewhere, kind: "computer", ramBandwidth: usualRamBandwidth, gpus: [] };
  if (wish.gpu?.toLowerCase() === "none") return plain;
  const known = wish.gpu === undefined ? undefined : findAccelerator(wish.gpu);
  if (known?.kind === "board") return { ...plain, kind: "board", ramBandwidth: known.bandwidth * 1e9 };
  if (known?.kind === "apple") return appleHardware(known, plain);
  const gpu = imagineGpu(wish, known);
  return gpu && { ...plain, gpus: Array.from({ length: wish.gpus ?? 1 }, () => gpu) };
}

function imagineGpu({ gpu, vramBytes }: HardwareWish, known: Accelerator | undefined): Gpu | undefined {
  const memoryBytes = vramBytes ?? (known?.memoryGiB === undefined ? undefined : known.memoryGiB * gib);
  if (memoryBytes === undefined) return undefined;
  return { name: known?.name ?? gpu ?? "GPU", memoryBytes, ...bandwidthOf(known) };
}

export function appleHardware({ name, bandwidth }: Accelerator, computer: Hardware): Hardware {
  const bytesPerSecond = bandwidth * 1e9;
  const gpu: Gpu = { name, memoryBytes: appleGpuBytes(computer.ramBytes), bandwidth: bytesPerSecond };
  return { ...computer, kind: "apple", ramBandwidth: bytesPerSecond, gpus: [gpu] };
}

/** On Apple's chips the two memories are one. */
function withBandwidth(computer: Hardware, bandwidth: number): Hardware {
  const gpus = computer.gpus.map((gpu) => {
    const { bandwidthFrom: _, ...rest } = gpu;
    return { ...rest, bandwidth };
  });
  const shared = computer.kind === "apple" || gpus.length === 0;
  return { ...computer, gpus, ...(shared ? { ramBandwidth: bandwidth } : {}) };
}

/** So many of the first GPU of the machine. */
function withCount(computer: Hardware, gpus: number | undefined): Hardware {
  const [gpu] = computer.gpus;
  if (gpus === undefined || !gpu) return computer;
  return { ...computer, gpus: Array.from({ length: gpus }, () => gpu) };
}
