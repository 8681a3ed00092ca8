/** HEARTH_HOME: the one folder where models, indexes, settings and logs live, readable by its owner only. */

import { chmod, rm, stat, writeFile } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import envPaths from "env-paths";
import { makeFolder } from "../base/make-folder.ts";

/** The folder, whether or not it is there: `HEARTH_HOME`, else the platform's data folder. */
export function hearthHome(env: Readonly<Record<string, string | undefined>>): string {
  const set = env["HEARTH_HOME"];
  if (set !== undefined && set !== "") return isAbsolute(set) ? set : resolve(set);
  return envPaths("hearth", { suffix: "" }).data;
}

export type HomeState =
  | { readonly kind: "writable" }
  /** Others than its owner can read it or write to it. */
  | { readonly kind: "open"; readonly mode: number }
  | { readonly kind: "unwritable"; readonly reason: string };

/** Makes the folder (or one below it) with mode 0700 where it is missing, and says whether it can be used. */
export async function ensureHome(path: string): Promise<HomeState> {
  try {
    if ((await makeFolder(path)) === "made") await chmod(path, 0o700);
    await tryToWrite(join(path, `.probe-${process.pid}`));
    const mode = (await stat(path)).mode & 0o777;
    return process.platform !== "win32" && (mode & 0o077) !== 0
      ? { kind: "open", mode }
      : { kind: "writable" };
  } catch (error) {
    return { kind: "unwritable", reason: error instanceof Error ? error.message : String(error) };
  }
}

/** A full disk makes files but no bytes of them. */
async function tryToWrite(probe: string): Promise<void> {
  try {
    await writeFile(probe, "hearth", { mode: 0o600 });
  } finally {
    await rm(probe, { force: true });
  }
}
