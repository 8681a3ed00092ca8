/** Which folder a verb reads. */

import { stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/** The Git root above `path`; else `cwd` where `path` lies in it; else the folder of `path`. */
export async function rootFolderOf(path: string, cwd: string): Promise<string> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (await exists(join(folder, ".git"))) return folder;
    if (dirname(folder) === folder) break;
  }
  return relative(cwd, path).startsWith("..") ? dirname(path) : cwd;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
