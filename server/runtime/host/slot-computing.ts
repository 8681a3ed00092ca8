/**
 * Whether the slots of a runtime are in each other's way. On a GPU a batch of several takes hardly longer than one; on
 * a processor its time is the sum, which a completion waits for.
 */

import { isLoopback } from "../../base/loopback.ts";
import type { GpuMaker } from "../../model/backend.ts";
import { findGpuMakers } from "../discovery/gpu-makers.ts";
import type { SlotLimits } from "../scheduler/slot-choice.ts";

/** What the system names may be part of the processor, and computes no faster. */
const oftenPartOfProcessor: ReadonlySet<GpuMaker> = new Set(["Intel"]);

/** Runtimes do not say on what they compute. A machine that somebody else keeps is taken to have a GPU. */
export async function computingOf(
  url: string | URL,
  findGpus: () => Promise<readonly GpuMaker[]> = findGpuMakers,
  platform: NodeJS.Platform = process.platform,
): Promise<SlotLimits["computes"]> {
  // Every Mac of today has one, which the system lists nowhere.
  if (!isLoopback(new URL(url)) || platform === "darwin") return "together";
  const makers = await findGpus();
  return makers.some((maker) => !oftenPartOfProcessor.has(maker)) ? "together" : "in turns";
}
