/** NVIDIA's GPUs, by the program that comes with their driver; none where it is not there or does not answer. */

import { execFile } from "node:child_process";
import { findAccelerator } from "../../model/accelerators.ts";
import type { Gpu } from "../../model/plan/hardware.ts";
import { unknownGpuBandwidth } from "../../model/plan/imagined-hardware.ts";
import { cleanEnvironment } from "../environment.ts";

export const nvidiaSmi = "nvidia-smi";

/** A driver that wakes up takes a second or two. */
const limitMs = 5000;

export async function askNvidiaSmi(signal: AbortSignal, program = nvidiaSmi): Promise<readonly Gpu[]> {
  const question = ["--query-gpu=name,memory.total", "--format=csv,noheader,nounits"];
  const said = await runNvidiaSmi(question, { program }, signal);
  return said.kind === "said" ? parseNvidiaSmi(said.text) : [];
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

/** Lines such as `NVIDIA GeForce RTX 4090, 24564`, in MiB; a line that is none is left out. */
export function parseNvidiaSmi(text: string): readonly Gpu[] {
  return text.split("\n").flatMap((line) => {
    const [, name, mebibytes] = /^\s*(\S.*?)\s*,\s*(\d+)\s*$/.exec(line) ?? [];
    if (name === undefined || mebibytes === undefined) return [];
    const bandwidth = (findAccelerator(name)?.bandwidth ?? unknownGpuBandwidth / 1e9) * 1e9;
    return [{ name, memoryBytes: Number(mebibytes) * 1024 ** 2, bandwidth }];
  });
}
