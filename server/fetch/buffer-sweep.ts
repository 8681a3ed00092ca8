/**
 * Lets go of what was read soon after it was written. To the collector a buffer of 64 kB is one small object: left
 * alone it lets a hundred megabytes of them gather before it looks.
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as v from "valibot";

const everyBytes = 2 * 1024 * 1024;

const collectorSchema = v.custom<(options: { readonly type: "minor" }) => void>(
  (value) => typeof value === "function",
);

export class BufferSweep {
  readonly #collect = findCollector();
  #bytes = 0;

  note(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < everyBytes) return;
    this.#bytes = 0;
    this.#collect({ type: "minor" });
  }
}

/** Node hands out its collector only under a flag, which may be set while it runs, to contexts made afterwards. */
function findCollector(): v.InferOutput<typeof collectorSchema> {
  setFlagsFromString("--expose-gc");
  const found = v.safeParse(collectorSchema, runInNewContext("globalThis.gc"));
  setFlagsFromString("--no-expose-gc");
  return found.success ? found.output : () => {};
}
