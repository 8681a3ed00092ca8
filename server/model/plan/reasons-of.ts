/** Why a plan is as it is, each decision once, in the order in which it was made. */

import { type Gpu, type Hardware, takenByOthers, usableRamBytes } from "./hardware.ts";
import { fewCores } from "./limits.ts";
import { kvBytesPerToken, sumOf } from "./load-bytes.ts";
import type { PlannedRole, Reason } from "./plan.ts";

export interface Roles {
  readonly complete: PlannedRole;
  readonly reason: PlannedRole | undefined;
}

export function reasonsOf(hardware: Hardware, roles?: Roles): readonly Reason[] {
  if (!roles) return [{ kind: "nothing-fits", usableBytes: usableRamBytes(hardware) }];
  const { complete, reason } = roles;
  return [
    ...machineReasons(hardware),
    ...assumedReasons(hardware.gpus),
    ...othersReasons(hardware.gpus),
    { kind: "companion", model: complete.model.name, bytes: sumOf(complete.bytes) },
    ...(reason ? reasonerReasons(reason, complete) : [{ kind: "no-reasoner" } as const]),
    ...(complete.slots > 1 ? [slotsOf(complete)] : []),
    ...(complete.gpus.length === 0 ? [{ kind: "no-flash" } as const] : []),
    ...[complete, reason].flatMap(measuredReason),
    { kind: "no-embedding" },
  ];
}

/** What the last load of such a model took. */
function measuredReason(role: PlannedRole | undefined): readonly Reason[] {
  if (!role?.measured) return [];
  const { measuredBytes, predictedBytes } = role.measured;
  return [
    { kind: "measured", model: role.model.name, bytes: measuredBytes, ratio: measuredBytes / predictedBytes },
  ];
}

/** Each GPU once, however many there are of it. */
function assumedReasons(gpus: readonly Gpu[]): readonly Reason[] {
  const assumed = gpus.filter(({ bandwidthFrom }) => bandwidthFrom === "assumed");
  return [...new Map(assumed.map((gpu) => [gpu.name, gpu])).values()].map(({ name, bandwidth }) => ({
    kind: "assumed-bandwidth",
    bandwidth,
    gpu: name,
  }));
}

/** More than is left to other programs anyway. */
function othersReasons(gpus: readonly Gpu[]): readonly Reason[] {
  return gpus
    .filter((gpu) => takenByOthers(gpu) > 0)
    .map(({ name, othersBytes = 0 }) => ({ kind: "others", gpu: name, bytes: othersBytes }));
}

function machineReasons({ kind, gpus, cores }: Hardware): readonly Reason[] {
  if (kind === "board") return [{ kind: "board" }];
  if (kind === "apple") return [{ kind: "apple", gpuBytes: gpus[0]?.memoryBytes ?? 0 }];
  return gpus.length === 0 && cores < fewCores ? [{ kind: "few-cores" }] : [];
}

function reasonerReasons(reason: PlannedRole, complete: PlannedRole): readonly Reason[] {
  const { contextTokens, quant } = reason;
  const model = reason.model.name;
  const finest = quant === reason.model.quants[0];
  return [
    { kind: "reasoner", model, contextTokens },
    ...(finest ? [] : [{ kind: "quant", model, quant: quant.quant } as const]),
    ...placeReasons(reason, complete),
    ...keysReasons(reason),
    ...(reason.slots > 1 ? [slotsOf(reason)] : []),
  ];
}

function placeReasons(reason: PlannedRole, complete: PlannedRole): readonly Reason[] {
  const of = reason.model.shape.layers + 1;
  const model = reason.model.name;
  if (reason.gpus.length > 1) return [{ kind: "split", model, gpus: reason.gpus.length }];
  if (complete.gpus.length > 0 && reason.gpuLayers < of) {
    return [{ kind: "spill", model, layers: reason.gpuLayers, of }];
  }
  return reason.gpus[0] !== complete.gpus[0] ? [{ kind: "own-gpus" }] : [];
}

/** Only a GPU has the choice. */
function keysReasons(reason: PlannedRole): readonly Reason[] {
  if (reason.gpus.length === 0) return [];
  const { model, contextTokens } = reason;
  if (reason.kvType === "f16") return [{ kind: "full-keys", model: model.name, contextTokens }];
  const full = kvBytesPerToken({ shape: model.shape, kvType: "f16" });
  const share = kvBytesPerToken({ shape: model.shape, kvType: reason.kvType }) / full;
  return [{ kind: "small-keys", model: model.name, contextTokens: Math.floor(contextTokens * share) }];
}

function slotsOf({ model, slots }: PlannedRole): Reason {
  return { kind: "slots", model: model.name, slots };
}
