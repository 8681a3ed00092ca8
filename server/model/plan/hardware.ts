/** What a plan is made for: the memory, processors and GPUs of a machine, there or imagined. */

export interface Hardware {
  /** A board is a small computer without memory to give away; on Apple's chips the GPU shares the main memory. */
  readonly kind: "computer" | "apple" | "board";
  readonly ramBytes: number;
  /** Of the main memory, in bytes a second. */
  readonly ramBandwidth: number;
  readonly cores: number;
  /** Sets of the processor that llama.cpp makes use of, as its makers call them: `avx2`, `neon` … */
  readonly instructions: readonly string[];
  readonly gpus: readonly Gpu[];
  /** What llama.cpp computes with here, as it calls it: `none`, `cuda`, `metal`, `vulkan`; left out where it is imagined. */
  readonly backEnd?: string;
}

export interface Gpu {
  readonly name: string;
  readonly memoryBytes: number;
  /** In bytes a second. */
  readonly bandwidth: number;
  /** What other programs use of it now; left out where nobody says, or the GPU is not there. */
  readonly othersBytes?: number;
  /** Nobody says which it has; left out where it is known. */
  readonly bandwidthFrom?: "assumed";
}

export const gib = 1024 ** 3;

/** Two channels of DDR4-3200, what most computers have at least: 3.2 · 10⁹ transfers of 8 bytes, twice. */
export const usualRamBandwidth = 51.2e9;

/**
 * What one core reads at most while it computes, in bytes a second. Cautious: two cores went through the weights
 * of half a billion parameters at about twice this in docs/adr/0008's trials.
 */
const coreBandwidth = 16e9;

/** In bytes a second: few cores do not keep a fast memory busy. */
export function processorBandwidth({ ramBandwidth, cores }: Hardware): number {
  return Math.min(ramBandwidth, cores * coreBandwidth);
}

/**
 * What macOS lets the GPU have of the main memory: `recommendedMaxWorkingSetSize` is 21,845 MB of 32 GB and
 * 73,728 MB of 96 GB (llama.cpp's pull request 2011 and issue 3213).
 */
export function appleGpuBytes(ramBytes: number): number {
  return ramBytes <= 36 * gib ? (ramBytes * 2) / 3 : (ramBytes * 3) / 4;
}

/** Of a GPU's memory; the rest is the driver's and the screen's. */
const usableShare = 0.92;

export function usableBytes({ memoryBytes, othersBytes = 0 }: Gpu): number {
  return Math.max(0, memoryBytes - Math.max(othersBytes, memoryBytes * (1 - usableShare)));
}

/** What other programs keep of a GPU beyond what is left to them anyway. */
export function takenByOthers(gpu: Gpu): number {
  return gpu.memoryBytes * usableShare - usableBytes(gpu);
}

/** One GPU needs no program beside the editor; models that lie on several are split by a llama-server. */
export function runtimeFor({ gpus }: Hardware): "embedded" | "llama-server" {
  return gpus.length > 1 ? "llama-server" : "embedded";
}

/** The editor, its language servers and a browser need the rest. */
const usableRamShare = 0.6;
const boardBytes = 1e9;

export function usableRamBytes({ kind, ramBytes }: Hardware): number {
  const share = ramBytes * usableRamShare;
  return kind === "board" ? Math.min(share, boardBytes) : share;
}
