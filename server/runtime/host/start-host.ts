/** Starts a runtime host that outlives its starter, and waits until it listens or says that another one does. */

import { spawn } from "node:child_process";
import { type FileHandle, open, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onAbort } from "../../base/abort.ts";
import { makeFolder } from "../../base/make-folder.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { cleanEnvironment } from "../environment.ts";

export interface StartOptions {
  readonly home: string;
  readonly entry: string;
  readonly childEntry: string;
  readonly idleMs: number;
}

const mostLogBytes = 1024 * 1024;

/** An abort ends the wait and not the host, which may only be slow. */
export async function startHost(
  { home, entry, childEntry, idleMs }: StartOptions,
  signal: AbortSignal,
): Promise<"ready" | "taken"> {
  const log = await openLog(home);
  try {
    const args = ["--disable-warning=ExperimentalWarning", entry];
    const options = ["--home", home, "--child", childEntry, "--idle-ms", String(idleMs)];
    const host = spawn(process.execPath, [...args, ...options], {
      cwd: home,
      detached: true,
      env: cleanEnvironment(),
      stdio: ["ignore", "pipe", log?.file.fd ?? "ignore"],
      windowsHide: true,
    });
    const { stdout } = host;
    if (!stdout) throw new RuntimeError("internal", "The runtime host has no output.");
    host.unref();
    const said = await new Promise<string>((resolve, reject) => {
      host.once("error", reject);
      host.once("exit", (code) => resolve(`exit ${code}`));
      createInterface({ input: stdout }).once("line", resolve);
      onAbort(signal, () => resolve("nothing"));
    });
    stdout.destroy();
    if (said === "ready" || said === "taken") return said;
    throw await notStarted(said, log);
  } finally {
    await log?.file.close();
  }
}

interface HostLog {
  readonly file: FileHandle;
  readonly path: string;
  readonly sizeBefore: number;
}

/** A log that has not grown says nothing: it is named only where it does. */
async function notStarted(said: string, log: HostLog | undefined): Promise<RuntimeError> {
  return log && (await log.file.stat()).size > log.sizeBefore
    ? new RuntimeError("runtime-unreachable", "The runtime host did not start ({0}); {1} says why.", {
        values: [said, log.path],
      })
    : new RuntimeError(
        "runtime-unreachable",
        "The runtime host did not start ({0}) and left no word: the disk may be full.",
        { values: [said] },
      );
}

/** The log begins anew when it has grown long; a disk that is full costs the log and nothing else. */
async function openLog(home: string): Promise<HostLog | undefined> {
  const folder = join(home, "logs");
  const path = join(folder, "host.log");
  try {
    await makeFolder(folder);
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    const file = await open(path, size > mostLogBytes ? "w" : "a", 0o600);
    return { file, path, sizeBefore: (await file.stat()).size };
  } catch {
    return undefined;
  }
}
