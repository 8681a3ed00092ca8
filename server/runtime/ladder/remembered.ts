/** What is kept of a way down, so that the next start begins where the last one worked, and when it does not. */

import * as v from "valibot";
import { type Position, type StepKind, stepKinds, top } from "./ladder.ts";

const count = v.pipe(v.number(), v.finite(), v.minValue(0));

const circumstancesSchema = v.object({
  /** Machine, devices, drivers, the program and the file: with another it is another question. */
  setting: v.string(),
  freeMainBytes: count,
  /** Left out where nobody says. */
  freeGpuBytes: v.exactOptional(count),
});
export type Circumstances = v.InferOutput<typeof circumstancesSchema>;

export const rememberedSchema = v.object({
  /** The name of the model that was loaded in the end. */
  model: v.string(),
  step: v.picklist(stepKinds),
  contextTokens: v.exactOptional(count),
  gpuLayers: v.exactOptional(count),
  /** Set where nothing worked; then the rest is what was tried last. */
  paused: v.exactOptional(v.literal(true)),
  /** Which memory ran out. */
  memory: v.exactOptional(v.picklist(["gpu", "main"])),
  circumstances: circumstancesSchema,
  /** Milliseconds since 1970. */
  at: count,
});
export type Remembered = v.InferOutput<typeof rememberedSchema>;

/** More free memory than this is noticed: a browser window more or less is not. */
const leastGainBytes = 256 * 1024 * 1024;
const leastGainShare = 0.1;
/** What is paused is tried again after so long, whether anything seems to have changed or not. */
const pausedMs = 10 * 60_000;

/** Whether there is a reason to hope for more than what worked then. */
function mayTryHigher(then: Remembered, now: Circumstances): boolean {
  const { setting, freeMainBytes, freeGpuBytes } = then.circumstances;
  if (setting !== now.setting) return true;
  const main = then.memory !== "gpu" && gained(freeMainBytes, now.freeMainBytes);
  return main || (then.memory !== "main" && gained(freeGpuBytes, now.freeGpuBytes));
}

export function isPaused(then: Remembered, now: Circumstances, nowMs: number): boolean {
  if (then.paused !== true || mayTryHigher(then, now)) return false;
  return nowMs >= then.at && nowMs - then.at < pausedMs;
}

/** Where to begin. `names` are of the models: the one that was asked for, then the smaller ones. */
export function startAt(
  then: Remembered | undefined,
  now: Circumstances,
  names: readonly string[],
): Position {
  if (!then || mayTryHigher(then, now)) return top;
  const model = names.indexOf(then.model);
  if (model < 0) return top;
  const { contextTokens, gpuLayers } = then;
  return {
    step: then.step satisfies StepKind,
    rung: {
      model,
      ...(contextTokens === undefined ? {} : { contextTokens }),
      ...(gpuLayers === undefined ? {} : { gpuLayers }),
    },
  };
}

function gained(then: number | undefined, now: number | undefined): boolean {
  if (then === undefined || now === undefined) return false;
  return now - then >= Math.max(leastGainBytes, then * leastGainShare);
}
