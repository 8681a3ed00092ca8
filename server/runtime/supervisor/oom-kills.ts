/**
 * How many processes the kernel has ended for lack of memory: a process that it ends says nothing, and SIGKILL alone
 * does not tell who sent it. Linux counts them for the group that we and our children are in; elsewhere nobody does.
 */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { RuntimeError } from "../../model/runtime-error.ts";

export interface KernelPlaces {
  readonly proc: string;
  readonly cgroup: string;
}

const usual: KernelPlaces = { proc: "/proc", cgroup: "/sys/fs/cgroup" };

/** 0 where nobody counts. */
export async function oomKills({ proc, cgroup }: KernelPlaces = usual): Promise<number> {
  if (process.platform !== "linux") return 0;
  const groups = await text(join(proc, "self/cgroup"));
  const group = /^0::(\/.*)$/m.exec(groups)?.[1] ?? "/";
  const events = await text(join(cgroup, group, "memory.events"));
  const counts = events === "" ? await text(join(proc, "vmstat")) : events;
  return Number(/^oom_kill (\d+)$/m.exec(counts)?.[1] ?? 0);
}

/** What a process died of that was killed, where the count has risen since it was started. */
export async function killedForMemory(
  { name, signal }: { readonly name: string; readonly signal: NodeJS.Signals | null },
  before: number,
  places: KernelPlaces = usual,
): Promise<RuntimeError | undefined> {
  if (signal !== "SIGKILL" || (await oomKills(places)) <= before) return undefined;
  return new RuntimeError("out-of-memory", "{0} was ended by the system, whose memory ran out.", {
    values: [name],
  });
}

function text(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
