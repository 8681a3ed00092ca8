/** Finds the processes of one Hearth home by what the kernel says of them. */

import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";

export interface HearthProcess {
  readonly pid: number;
  /** The name of the program's file, such as `child.js`. */
  readonly program: string;
}

/** Running programs of Hearth whose environment names this folder, or one below it, as `HEARTH_HOME`. */
export function hearthProcesses(home: string): readonly HearthProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const environment = readKernel(`/proc/${name}/environ`);
      if (!environment.some((word) => `${word}/`.startsWith(`HEARTH_HOME=${home}/`))) return [];
      const script = readKernel(`/proc/${name}/cmdline`).find((word) => word.includes("/hearth.hearth-"));
      return script === undefined ? [] : [{ pid: Number(name), program: basename(script) }];
    });
}

/** Resolves when none is left; rejects with those that are after `withinMs`. */
export async function untilEnded(home: string, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (hearthProcesses(home).length > 0) {
    if (performance.now() > deadline) {
      throw new Error(`still running: ${JSON.stringify(hearthProcesses(home))}`);
    }
    await setTimeout(250);
  }
}

/** The words of a file that ends each with a zero byte; none when the process has just ended. */
function readKernel(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split("\0");
  } catch {
    return [];
  }
}
