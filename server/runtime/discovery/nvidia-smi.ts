/** NVIDIA's GPUs, by the program that comes with their driver; none where it is not there or does not answer. */

import { execFile } from "node:child_process";
import { findAccelerator } from "../../model/accelerators.ts";
import type { Gpu } from "../../model/plan/hardware.ts";
import { unknownGpuBandwidth } from "../../model/plan/imagined-hardware.ts";
import { cleanEnvironment } from "../environment.ts";

/** A driver that wakes up takes a second or two. */
const limitMs = 5000;

export function askNvidiaSmi(signal: AbortSignal, program = "nvidia-smi"): Promise<readonly Gpu[]> {
  const question = ["--query-gpu=name,memory.total", "--format=csv,noheader,nounits"];
  const options = { env: cleanEnvironment(), signal, timeout: limitMs, windowsHide: true };
  return new Promise((resolve) => {
    execFile(program, question, options, (error, stdout) => resolve(error ? [] : parseNvidiaSmi(stdout)));
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
