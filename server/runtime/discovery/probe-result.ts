/** What the probe of llama.cpp says, checked by who started it. */

import * as v from "valibot";

export const probeResultSchema = v.variant("kind", [
  v.object({
    kind: v.literal("works"),
    release: v.string(),
    gpu: v.string(),
    physicalCores: v.number(),
    freeBytes: v.number(),
    video: v.exactOptional(
      v.object({ names: v.array(v.string()), totalBytes: v.number(), unifiedBytes: v.number() }),
    ),
  }),
  /** `crashed`: the process in which the library itself tries a build did not end by itself. */
  v.object({ kind: v.picklist(["missing", "broken", "crashed"]), reason: v.string() }),
]);
export type ProbeResult = v.InferOutput<typeof probeResultSchema>;
