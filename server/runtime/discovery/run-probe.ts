/** Runs the probe of llama.cpp and says how it ended. It and all that it started are gone then, also where they hang. */

import { spawn } from "node:child_process";
import * as v from "valibot";
import { onAbort } from "../../base/abort.ts";
import type { Clock } from "../../base/clock.ts";
import { cleanEnvironment } from "../environment.ts";
import { endProcess } from "../supervisor/end-process.ts";
import { type ProbeResult, probeResultSchema } from "./probe-result.ts";

export interface ProbeRequest {
  /** The program of the probe. */
  readonly entry: string;
  readonly args?: readonly string[];
  readonly clock: Clock;
  readonly limitMs: number;
}

export type ProbeEnd =
  | { readonly kind: "said"; readonly result: ProbeResult }
  /** It said nothing that can be read; `reason` is the signal or the status, and what it complained of at last. */
  | { readonly kind: "died"; readonly reason: string }
  | { readonly kind: "hung" }
  | { readonly kind: "aborted" };

const mostText = 64 * 1024;

export async function runProbe(request: ProbeRequest, signal: AbortSignal): Promise<ProbeEnd> {
  const { entry, args = [], clock, limitMs } = request;
  const child = spawn(process.execPath, [entry, ...args], {
    env: cleanEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
    // A group of its own, since the library starts processes too.
    detached: process.platform !== "win32",
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (bytes: Buffer) => (stdout = (stdout + bytes.toString()).slice(-mostText)));
  child.stderr.on("data", (bytes: Buffer) => (stderr = (stderr + bytes.toString()).slice(-mostText)));
  const { promise, resolve } = Promise.withResolvers<ProbeEnd>();
  const timer = clock.after(limitMs, () => resolve({ kind: "hung" }));
  const forget = onAbort(signal, () => resolve({ kind: "aborted" }));
  child.once("error", (error) => resolve({ kind: "died", reason: error.message }));
  child.once("close", (code, killer) => {
    const result = readResult(stdout);
    const reason = [killer ?? `${code}`, lastLine(stderr)].filter(Boolean).join(": ");
    resolve(result ? { kind: "said", result } : { kind: "died", reason });
  });
  const end = await promise;
  forget();
  timer.dispose();
  if (end.kind !== "said" && child.pid !== undefined) await endProcess(child.pid);
  return end;
}

function readResult(stdout: string): ProbeResult | undefined {
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), probeResultSchema), lastLine(stdout));
  return read.success ? read.output : undefined;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
