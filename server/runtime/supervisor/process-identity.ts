/**
 * Which process a number means: the system gives it to another one after a while, so a process is known by its
 * number and the time of its start, as the system keeps it.
 */

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

export interface ProcessIdentity {
  readonly pid: number;
  /** In the system's own words, equal for one process only. */
  readonly startedAt: string;
}

/** Undefined when no such process runs. */
export async function identityOf(pid: number): Promise<ProcessIdentity | undefined> {
  const startedAt = await startOf(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export async function isRunning({ pid, startedAt }: ProcessIdentity): Promise<boolean> {
  return (await startOf(pid)) === startedAt;
}

function startOf(pid: number): Promise<string | undefined> {
  if (process.platform === "linux") return startByProc(pid);
  if (process.platform !== "win32") return said("ps", ["-p", String(pid), "-o", "lstart="]);
  const command = `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`;
  return said("powershell.exe", ["-NoProfile", "-NonInteractive", "-Command", command]);
}

/** Ticks since the machine was started, and which start of it: see proc(5), fields 3 and 22 of `stat`. */
async function startByProc(pid: number): Promise<string | undefined> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
    ]);
    // The second field is a name in brackets, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, start] = [fields[0], fields[19]];
    const isDead = state === "Z" || state === "X";
    return isDead || start === undefined ? undefined : `${boot.trim()} ${start}`;
  } catch {
    return undefined;
  }
}

async function said(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const options = { env: { ...process.env, LC_ALL: "C" }, windowsHide: true };
    const { stdout } = await promisify(execFile)(program, args, options);
    return stdout.trim() === "" ? undefined : stdout.trim();
  } catch {
    return undefined;
  }
}
