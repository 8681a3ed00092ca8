/** Finds the processes of one Hearth home by what the kernel says of them. */

import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";

export interface HearthProcess {
  readonly pid: number;
  /** The name of the program's file, such as `child.js`. */
  readonly program: string;
}

/** Running programs of Hearth whose environment names this folder as `HEARTH_HOME`. */
export function hearthProcesses(home: string): readonly HearthProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const environment = readKernel(`/proc/${name}/environ`);
      if (!environment.includes(`HEARTH_HOME=${home}`)) return [];
      const script = readKernel(`/proc/${name}/cmdline`).find((word) => word.includes("/hearth.hearth-"));
      return script === undefined ? [] : [{ pid: Number(name), program: basename(script) }];
    });
}

/** The words of a file that ends each with a zero byte; none when the process has just ended. */
function readKernel(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split("\0");
  } catch {
    return [];
  }
}
