/** NVIDIA's GPUs, by the program that comes with their driver; none where it is not there or does not answer. */

import { execFile } from "node:child_process";
import { findAccelerator } from "../../model/accelerators.ts";
import type { Gpu } from "../../model/plan/hardware.ts";
import { bandwidthOf } from "../../model/plan/imagined-hardware.ts";
import { cleanEnvironment } from "../environment.ts";

export const nvidiaSmi = "nvidia-smi";

/** A driver that wakes up takes a second or two. */
const limitMs = 5000;

export interface NvidiaRequest {
  readonly program?: string;
  /** Processes whose memory is no other program's. */
  readonly own?: ReadonlySet<number>;
}

export async function askNvidiaSmi(
  signal: AbortSignal,
  { program = nvidiaSmi, own = new Set() }: NvidiaRequest = {},
): Promise<readonly Gpu[]> {
  const form = "--format=csv,noheader,nounits";
  const ask = async (question: string) => {
    const said = await runNvidiaSmi([question, form], { program }, signal);
    return said.kind === "said" ? said.text : "";
  };
  const gpus = await ask("--query-gpu=name,memory.total,memory.free,uuid");
  if (gpus === "") return [];
  const apps = own.size > 0 ? await ask("--query-compute-apps=gpu_uuid,pid,used_memory") : "";
  return parseNvidiaSmi(gpus, ownBytes(apps, own));
}

export type Said =
  | { readonly kind: "said" | "failed"; readonly text: string }
  /** There is no such program. */
  | { readonly kind: "absent" };

export function runNvidiaSmi(
  question: readonly string[],
  { program }: { readonly program: string },
  signal: AbortSignal,
): Promise<Said> {
  const options = { env: cleanEnvironment(), signal, timeout: limitMs, windowsHide: true };
  return new Promise((resolve) => {
    execFile(program, question, options, (error, stdout, stderr) => {
      if (!error) resolve({ kind: "said", text: stdout });
      else if (error.code === "ENOENT") resolve({ kind: "absent" });
      // It complains on standard output.
      else resolve({ kind: "failed", text: `${stdout}${stderr}`.trim() || error.message });
    });
  });
}

const mib = 1024 ** 2;

/**
 * Lines such as `NVIDIA GeForce RTX 4090, 24564, 23100, GPU-1f…`, in MiB; a line that is none is left out. `own` is
 * what each GPU has given to ourselves, by its number.
 */
export function parseNvidiaSmi(text: string, own: ReadonlyMap<string, number> = new Map()): readonly Gpu[] {
  return text.split("\n").flatMap((line) => {
    const [, name, total, free, id = ""] =
      /^\s*(\S.*?)\s*,\s*(\d+)\s*,\s*(\d+|\[N\/A\])\s*(?:,\s*(\S+)\s*)?$/.exec(line) ?? [];
    if (name === undefined || total === undefined) return [];
    const memoryBytes = Number(total) * mib;
    const taken = memoryBytes - Number(free) * mib - (own.get(id) ?? 0);
    const others = Number.isNaN(taken) ? {} : { othersBytes: Math.max(0, taken) };
    return [{ name, memoryBytes, ...bandwidthOf(findAccelerator(name)), ...others }];
  });
}

/** Lines such as `GPU-1f…, 4711, 5120`; drivers on Windows do not say how much. */
function ownBytes(text: string, own: ReadonlySet<number>): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [, id = "", pid, used] of text.matchAll(/^\s*(\S+)\s*,\s*(\d+)\s*,\s*(\d+)\s*$/gm)) {
    if (own.has(Number(pid))) sums.set(id, (sums.get(id) ?? 0) + Number(used) * mib);
  }
  return sums;
}
