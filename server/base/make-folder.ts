/**
 * Makes a folder with its parents, for its owner alone. Node's own recursive `mkdir` never returns where a file
 * system answers `ENOENT` although the parent is there, as /proc does; here each level is tried once.
 */

import { mkdirSync, statSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

const options = { mode: 0o700 } as const;

/** A folder that is there stays as it is. */
export async function makeFolder(path: string): Promise<"made" | "there"> {
  if (await isFolder(path)) return "there";
  const parent = dirname(path);
  if (parent !== path) await makeFolder(parent);
  try {
    await mkdir(path, options);
    return "made";
  } catch (error) {
    // Somebody else may have made it in the meantime.
    if (await isFolder(path)) return "there";
    throw error;
  }
}

/** The same for one who cannot wait. */
export function makeFolderSync(path: string): void {
  if (isFolderSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolderSync(parent);
  try {
    mkdirSync(path, options);
  } catch (error) {
    if (!isFolderSync(path)) throw error;
  }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function isFolderSync(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
