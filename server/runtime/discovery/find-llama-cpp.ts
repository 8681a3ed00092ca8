/** Whether the llama.cpp of this platform is there and runs, found out in a process of its own. */

import { execFile } from "node:child_process";
import * as v from "valibot";
import type { LlamaCppFinding } from "../../model/findings.ts";
import { cleanEnvironment } from "../environment.ts";
import { probeResultSchema } from "./probe-result.ts";

/** Opening a GPU for the first time may compile shaders. */
const limitMs = 20_000;

/** `entry` is the program of the probe. */
export function findLlamaCpp(entry: string, signal: AbortSignal): Promise<LlamaCppFinding> {
  const env = cleanEnvironment();
  return new Promise((resolve) => {
    execFile(process.execPath, [entry], { env, signal, timeout: limitMs }, (error, stdout, stderr) => {
      const line = stdout.trim().split("\n").at(-1) ?? "";
      const result = v.safeParse(v.pipe(v.string(), v.parseJson(), probeResultSchema), line);
      if (result.success) resolve(result.output);
      else resolve({ kind: "broken", reason: lastLine(stderr) || (error?.message ?? "") });
    });
  });
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
