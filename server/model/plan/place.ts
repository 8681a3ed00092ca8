/** Where models lie: on one GPU, on several, partly in the main memory, or all of it there. */

import {
  type Gpu,
  type Hardware,
  processorBandwidth,
  runtimeFor,
  usableBytes,
  usableRamBytes,
} from "./hardware.ts";
import { loadBytes, type Part, sizeOf, sumOf, tokensPerSecond } from "./load-bytes.ts";
import { plannedWay } from "./load-way.ts";
import type { Load, LoadBytes } from "./plan.ts";

export interface Loads {
  readonly complete: Load;
  readonly reason: Load | undefined;
}

export interface Place {
  readonly gpus: readonly number[];
  readonly gpuLayers: number;
  readonly bytes: LoadBytes;
  readonly tokensPerSecond: number;
}

export type Placement =
  | { readonly kind: "fits"; readonly complete: Place; readonly reason: Place | undefined }
  | { readonly kind: "too-large"; readonly missingBytes: number };

export interface PlaceOptions {
  /** Whether what reasons may lie partly in the main memory although there is a GPU. */
  readonly spill: "allowed" | "forbidden";
}

/**
 * Every placement that fits, the best first; one that is too large stands alone at the end, where none fits, and
 * says what is missing.
 */
export function placements(loads: Loads, hardware: Hardware, { spill }: PlaceOptions): readonly Placement[] {
  if (hardware.gpus.length === 0) return [onProcessor(loads, hardware)];
  const split = splitOver(loads, hardware);
  const all = [
    ...onWholeGpus(loads, hardware),
    split,
    ...(spill === "allowed" ? [withMainMemory(loads, hardware)] : []),
  ];
  const fitting = all.filter(({ kind }) => kind === "fits");
  return fitting.length > 0 ? fitting : [split];
}

function onProcessor(loads: Loads, hardware: Hardware): Placement {
  const complete = processorPlace(loads.complete, hardware);
  const reason = loads.reason && processorPlace(loads.reason, hardware);
  const wanted = sumOf(complete.bytes) + (reason ? sumOf(reason.bytes) : 0);
  const usable = usableRamBytes(hardware);
  if (wanted > usable) return { kind: "too-large", missingBytes: wanted - usable };
  return { kind: "fits", complete, reason };
}

function processorPlace(load: Load, hardware: Hardware): Place {
  return {
    gpus: [],
    gpuLayers: 0,
    bytes: bytesOf(load, hardware, "cpu"),
    tokensPerSecond: tokensPerSecond(load, [{ share: 1, bandwidth: processorBandwidth(hardware) }]),
  };
}

function bytesOf(load: Load, hardware: Hardware, where: "gpu" | "cpu"): LoadBytes {
  return loadBytes(sizeOf(load), plannedWay(runtimeFor(hardware), where));
}

/** Each on a GPU of its own, so that neither waits for the other; then both on the same. */
function onWholeGpus(loads: Loads, hardware: Hardware): readonly Placement[] {
  const { gpus } = hardware;
  const small = sumOf(bytesOf(loads.complete, hardware, "gpu"));
  const large = loads.reason ? sumOf(bytesOf(loads.reason, hardware, "gpu")) : 0;
  const pairs = gpus.flatMap((_, home) => gpus.map((__, other) => ({ home, other })));
  const fitting = pairs.filter(({ home, other }) => {
    const [here, there] = [gpus[home] ?? nothing, gpus[other] ?? nothing];
    if (home === other) return small + large <= usableBytes(here);
    return loads.reason !== undefined && small <= usableBytes(here) && large <= usableBytes(there);
  });
  return fitting.toSorted((a, b) => sharing(a) - sharing(b)).map((pair) => onOwn(loads, hardware, pair));
}

function sharing({ home, other }: { readonly home: number; readonly other: number }): number {
  return Number(home === other);
}

function onOwn(
  { complete, reason }: Loads,
  hardware: Hardware,
  { home, other }: { readonly home: number; readonly other: number },
): Placement {
  return {
    kind: "fits",
    complete: gpuPlace(complete, hardware, home),
    reason: reason && gpuPlace(reason, hardware, other),
  };
}

function gpuPlace(load: Load, hardware: Hardware, index: number): Place {
  return {
    gpus: [index],
    gpuLayers: layersOf(load),
    bytes: bytesOf(load, hardware, "gpu"),
    tokensPerSecond: tokensPerSecond(load, [{ share: 1, bandwidth: hardware.gpus[index]?.bandwidth ?? 0 }]),
  };
}

/** The output is counted as a layer, as llama.cpp does. */
function layersOf({ model }: Load): number {
  return model.shape.layers + 1;
}

/** In proportion to what each has left; a layer is not cut, so each may take one more than its share. */
function splitOver({ complete, reason }: Loads, hardware: Hardware): Placement {
  const { gpus } = hardware;
  const small = bytesOf(complete, hardware, "gpu");
  const room = gpus.map((gpu, index) => usableBytes(gpu) - (index === 0 ? sumOf(small) : 0));
  const total = room.reduce((sum, bytes) => sum + bytes, 0);
  if (!reason) return { kind: "too-large", missingBytes: sumOf(small) - usableBytes(gpus[0] ?? nothing) };
  const one = bytesOf(reason, hardware, "gpu");
  const rounding = gpus.length > 1 ? ((one.weights + one.kv) / layersOf(reason)) * gpus.length : 0;
  const bytes: LoadBytes = { ...one, overhead: one.overhead * gpus.length };
  const missingBytes = sumOf(bytes) + rounding - total;
  if (missingBytes > 0 || gpus.length === 1 || (room[0] ?? 0) < 0) {
    return { kind: "too-large", missingBytes: Math.max(missingBytes, -(room[0] ?? 0)) };
  }
  const parts: readonly Part[] = gpus.map((gpu, index) => ({
    share: (room[index] ?? 0) / total,
    bandwidth: gpu.bandwidth,
  }));
  return {
    kind: "fits",
    complete: gpuPlace(complete, hardware, 0),
    reason: {
      gpus: gpus.map((_, index) => index),
      gpuLayers: layersOf(reason),
      bytes,
      tokensPerSecond: tokensPerSecond(reason, parts),
    },
  };
}

const nothing: Gpu = { name: "", memoryBytes: 0, bandwidth: 0 };

/** What completes lies whole on the first GPU, or whole in the main memory; as much as fits of what reasons. */
function withMainMemory({ complete, reason }: Loads, hardware: Hardware): Placement {
  const [gpu = nothing] = hardware.gpus;
  const small = bytesOf(complete, hardware, "gpu");
  const free = usableBytes(gpu) - sumOf(small);
  if (free < 0 || !reason) return onProcessor({ complete, reason }, hardware);
  const onGpu = bytesOf(reason, hardware, "gpu");
  const layers = layersOf(reason);
  const perLayer = (onGpu.weights + onGpu.kv) / layers;
  const gpuLayers = Math.min(layers, Math.max(0, Math.floor((free - onGpu.overhead) / perLayer)));
  const bytes = gpuLayers > 0 ? onGpu : bytesOf(reason, hardware, "cpu");
  const inMain = (layers - gpuLayers) * perLayer + (gpuLayers > 0 ? 0 : bytes.overhead);
  const missingBytes = inMain - usableRamBytes(hardware);
  if (missingBytes > 0) return { kind: "too-large", missingBytes };
  const share = gpuLayers / layers;
  const parts: readonly Part[] = [
    { share, bandwidth: gpu.bandwidth },
    { share: 1 - share, bandwidth: processorBandwidth(hardware) },
  ];
  return {
    kind: "fits",
    complete: gpuPlace(complete, hardware, 0),
    reason: {
      gpus: gpuLayers > 0 ? [0] : [],
      gpuLayers,
      bytes,
      tokensPerSecond: tokensPerSecond(reason, parts),
    },
  };
}
