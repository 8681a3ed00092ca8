/** What this system itself runs in: a container, or the Windows Subsystem for Linux. */

import { access, readFile } from "node:fs/promises";
import { totalmem } from "node:os";
import type { SurroundingsFinding } from "../../model/machine-findings.ts";

/** What is read of a system; given, so that others than this one can be told apart. */
export interface SystemFiles {
  /** The text of a file; undefined where there is none. */
  read(path: string): Promise<string | undefined>;
  exists(path: string): Promise<boolean>;
}

export interface SurroundingsRequest {
  readonly files: SystemFiles;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly totalBytes: number;
  /** What control groups allow; 0 where they set no limit. */
  readonly limitBytes: number;
}

export async function findSurroundings({
  files,
  env,
  totalBytes,
  limitBytes,
}: SurroundingsRequest): Promise<SurroundingsFinding> {
  const wsl = wslOf((await files.read("/proc/version")) ?? "");
  const container = await containerOf(files, env);
  return {
    ...(wsl === undefined ? {} : { wsl }),
    ...(container === undefined ? {} : { container }),
    ...(limitBytes > 0 && limitBytes < totalBytes ? { limitBytes } : {}),
  };
}

/** The kernel of the second version is Linux as Microsoft builds it, that of the first is none. */
function wslOf(version: string): 1 | 2 | undefined {
  if (!/microsoft/i.test(version)) return undefined;
  return /WSL2|microsoft-standard/.test(version) ? 2 : 1;
}

/** By what each leaves in its containers. */
async function containerOf(
  files: SystemFiles,
  env: SurroundingsRequest["env"],
): Promise<SurroundingsFinding["container"]> {
  if (env["KUBERNETES_SERVICE_HOST"]) return "Kubernetes";
  if (await files.exists("/.dockerenv")) return "Docker";
  if (await files.exists("/run/.containerenv")) return "Podman";
  // systemd says it to every process of a container; the others have said so above.
  return env["container"] === "lxc" ? "LXC" : undefined;
}

export const systemFiles: SystemFiles = {
  read: (path) =>
    readFile(path, "utf8").then(
      (text) => text,
      () => undefined,
    ),
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
};

export function surroundingsHere(): Promise<SurroundingsFinding> {
  return findSurroundings({
    files: systemFiles,
    env: process.env,
    totalBytes: totalmem(),
    limitBytes: process.constrainedMemory(),
  });
}
