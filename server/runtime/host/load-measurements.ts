/**
 * What loads took on this machine, in a file of HEARTH_HOME that plans read. Only the host writes it. A file that
 * cannot be read or written costs a plan that is less exact, and nothing else.
 */

import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import type { Logger } from "../../base/log.ts";
import {
  type Measured,
  type MeasuredLoad,
  type Measurements,
  measuredKey,
  measurementsSchema,
  withMeasured,
} from "../../model/plan/corrections.ts";

export interface LoadMeasurements {
  keep(load: MeasuredLoad, bytes: Pick<Measured, "predictedBytes" | "measuredBytes">): Promise<void>;
}

const fileSchema = v.pipe(v.string(), v.parseJson(), measurementsSchema);

/** None where nothing was ever loaded here. */
export async function readMeasurements(home: string): Promise<Measurements> {
  const kept = v.safeParse(fileSchema, await readFile(pathIn(home), "utf8").catch(() => "{}"));
  return kept.success ? kept.output : {};
}

export interface MeasurementPorts {
  readonly home: string;
  readonly log: Logger;
  readonly now: () => number;
}

export function loadMeasurements({ home, log, now }: MeasurementPorts): LoadMeasurements {
  const write = async (kept: Measurements): Promise<void> => {
    const path = pathIn(home);
    try {
      await writeFile(`${path}.new`, JSON.stringify(kept), { mode: 0o600 });
      await rename(`${path}.new`, path);
    } catch (error) {
      log.log("warn", `What a load took could not be kept: ${String(error)}`);
    }
  };
  // One after the other: each writes what it has read.
  let last = Promise.resolve();
  return {
    keep(load, bytes) {
      last = last.then(async () =>
        write(withMeasured(await readMeasurements(home), measuredKey(load), { ...bytes, at: now() })),
      );
      return last;
    },
  };
}

function pathIn(home: string): string {
  return join(home, "run", "loads.json");
}
