/**
 * A folder that is filled once and kept outside the checkout. It is filled in a staging folder and moved as a whole;
 * without its stamp it does not count, so a setup that broke off is done again.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export interface KeptFolder {
  /** Holds this folder, and the staging folders. */
  readonly cache: string;
  readonly name: string;
  readonly stampName: string;
}

/** `variable` names it; else `name` in the person's cache. */
export function cacheFolder(variable: string, name: string): string {
  const chosen = process.env[variable];
  if (chosen) return chosen;
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), name);
}

export function pathOf({ cache, name }: KeptFolder): string {
  return join(cache, name);
}

/** The stamp's text, or undefined when the folder does not count. */
export function stampOf(kept: KeptFolder): string | undefined {
  const stamp = join(pathOf(kept), kept.stampName);
  return existsSync(stamp) ? readFileSync(stamp, "utf8") : undefined;
}

/** `work` fills the staging folder it is given, and returns the stamp. */
export function fillFolder(kept: KeptFolder, work: (staging: string) => unknown): void {
  mkdirSync(kept.cache, { recursive: true });
  removeAbandoned(kept.cache);
  const staging = join(kept.cache, `install-${process.pid}`);
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging);
  const stamp = work(staging);
  writeFileSync(join(staging, kept.stampName), JSON.stringify(stamp));
  rmSync(pathOf(kept), { recursive: true, force: true });
  renameSync(staging, pathOf(kept));
}

/** Staging folders carry the id of the process that fills them; those of dead processes are rubbish. */
function removeAbandoned(cache: string): void {
  for (const name of readdirSync(cache)) {
    const pid = Number(/^install-(\d+)$/.exec(name)?.[1]);
    if (pid && !isAlive(pid)) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
