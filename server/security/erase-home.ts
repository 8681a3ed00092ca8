/**
 * Takes away what Hearth has put into HEARTH_HOME.
 *
 * Invariant: nothing outside that folder is touched, whatever leads out of it, and in it nothing that Hearth did not
 * put there. A folder that holds anything else is refused.
 */

import { lstat, readdir, realpath, rm, rmdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, parse, sep } from "node:path";
import { tryLock } from "../base/file-lock.ts";

/** What Hearth writes into its folder; whoever writes something else adds it here. */
const own =
  /^(?:models|index|backends|logs|run|settings\.json|licences\.json(?:\.new)?|history\.db(?:-\w+)?|\.probe-\d+)$/;
/** What systems leave in every folder. */
const harmless = /^(?:\.DS_Store|desktop\.ini|Thumbs\.db)$/i;

export type HomeLook =
  | { readonly kind: "nothing" }
  /** `strangers`: what is not Hearth's there; empty where the folder is one that is never Hearth's alone. */
  | { readonly kind: "not-ours"; readonly strangers: readonly string[] }
  | {
      readonly kind: "ours";
      /** The real one. */
      readonly home: string;
      readonly entries: readonly string[];
      /** Models that somebody else has put there, and what a link leads to: they stay. */
      readonly kept: readonly string[];
    };

export type OursLook = Extract<HomeLook, { readonly kind: "ours" }>;

/** Changes nothing. */
export async function lookAtHome(path: string): Promise<HomeLook> {
  const home = await realpath(path).catch(() => undefined);
  if (home === undefined) return { kind: "nothing" };
  const names = await readdir(home);
  if (isShared(home)) return { kind: "not-ours", strangers: [] };
  const strangers = names.filter((name) => !own.test(name) && !harmless.test(name));
  if (strangers.length > 0) return { kind: "not-ours", strangers };
  return { kind: "ours", home, entries: names, kept: await foreignModels(join(home, "models")) };
}

/** A whole disk, the person's own folder, or one above it. */
function isShared(home: string): boolean {
  return home === parse(home).root || `${homedir()}${sep}`.startsWith(`${home}${sep}`);
}

/** Beside what Hearth has fetched or imported lies its record. Where the folder is a link, all that it leads to. */
async function foreignModels(folder: string): Promise<readonly string[]> {
  if (!(await isRealFolder(folder)))
    return realpath(folder).then(
      (target) => [target],
      () => [],
    );
  const names = await readdir(folder);
  const there = new Set(names);
  const foreign = names.filter((name) => !isRecorded(name, there));
  return foreign.map((name) => join(folder, name));
}

function isRecorded(name: string, there: ReadonlySet<string>): boolean {
  if (harmless.test(name)) return true;
  const model = /^.+?\.gguf(?=\.|$)/i.exec(name)?.[0];
  if (model === undefined) return false;
  return name === model ? there.has(`${name}.json`) : /\.gguf\.(?:json|part|wrong|importing)/i.test(name);
}

/** The name of what somebody writes at this moment, such as a download; undefined where nobody does. */
export async function whoWrites({ home }: OursLook): Promise<string | undefined> {
  const run = join(home, "run");
  if (!(await isRealFolder(run))) return undefined;
  for (const name of (await readdir(run)).filter((entry) => entry.endsWith(".lock"))) {
    const lock = tryLock(join(run, name));
    if (!lock) return name.replace(/\.lock$/, "");
    lock.dispose();
  }
  return undefined;
}

/** Returns what is left there, which is empty when it is gone. Links are removed, and never followed. */
export async function eraseHome({ home, entries, kept }: OursLook): Promise<readonly string[]> {
  const stays = new Set(kept);
  for (const name of entries) {
    const path = join(home, name);
    if (kept.some((model) => dirname(model) === path) && (await isRealFolder(path)))
      await eraseAround(path, stays);
    else await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
  const left = (await readdir(home)).map((name) => join(home, name));
  if (left.length === 0) await rmdir(home);
  return left.filter((path) => !kept.some((model) => dirname(model) === path));
}

async function eraseAround(folder: string, stays: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!stays.has(path)) await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function isRealFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
