/** How much memory of its own a process has: what is read from files, such as a model's weights, is not counted. */

import { readFile } from "node:fs/promises";

/** In bytes. Undefined where the system does not tell, as Linux alone does. */
export async function ownMemory(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kibibytes = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}
