/** What the system says of the processor: its instructions, and whether heat has slowed it down. */

import type { ProcessorFinding } from "../../model/machine-findings.ts";
import type { SystemFiles } from "./find-surroundings.ts";
import { instructionsIn } from "./processor-instructions.ts";

/** Of the first core of a package; the package's counters are the same in all of them. */
const throttling = "/sys/devices/system/cpu/cpu0/thermal_throttle";

export async function findProcessor(files: SystemFiles, architecture: string): Promise<ProcessorFinding> {
  const processor = (await files.read("/proc/cpuinfo")) ?? "";
  const times = numberIn(await files.read(`${throttling}/package_throttle_count`));
  const milliseconds = numberIn(await files.read(`${throttling}/package_throttle_total_time_ms`));
  const upSeconds = numberIn(await files.read("/proc/uptime"));
  const share = milliseconds !== undefined && upSeconds ? milliseconds / 1000 / upSeconds : undefined;
  return {
    architecture,
    instructions: instructionsIn(processor, architecture),
    ...(times === undefined ? {} : { slowed: { times, ...(share === undefined ? {} : { share }) } }),
  };
}

function numberIn(text = ""): number | undefined {
  const value = Number.parseFloat(text);
  return Number.isNaN(value) ? undefined : value;
}
