/** Who is ended first where the system's memory runs out: what runs a model, and nothing else of the person's. */

import { writeFileSync } from "node:fs";

/** Where Linux asks for it; a process may always raise its own, and those that it starts inherit it. */
const scoreOf = (pid: number | "self") => `/proc/${pid}/oom_score_adj`;
const highest = "1000";

/** For a shell that becomes the program. Elsewhere there is no such file, and nothing is said of it. */
export const offerInShell = `{ echo ${highest} >${scoreOf("self")}; } 2>/dev/null`;

/** Returns whether the system will. */
export function offer(pid: number): boolean {
  if (process.platform !== "linux") return false;
  try {
    writeFileSync(scoreOf(pid), highest);
    return true;
  } catch {
    // It has ended, or the system lets nobody choose.
    return false;
  }
}
