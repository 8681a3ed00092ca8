/** Which folder a verb reads. */

import { stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { Localizer } from "../base/l10n.ts";
import type { Failure } from "./failure.ts";

/** The Git root above `path`; else `cwd` where `path` lies in it; else the folder of `path`. */
export async function rootFolderOf(path: string, cwd: string): Promise<string> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (await exists(join(folder, ".git"))) return folder;
    if (dirname(folder) === folder) break;
  }
  return relative(cwd, path).startsWith("..") ? dirname(path) : cwd;
}

/** Undefined when `root`, as it was typed, is a folder. */
export async function rootFailure(root: string, cwd: string, { t }: Localizer): Promise<Failure | undefined> {
  const isFolder = await stat(resolve(cwd, root)).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (isFolder) return undefined;
  return {
    code: "root-not-found",
    message: t("There is no folder {0}.", root),
    mend: t("Name a folder in --root, or leave it out."),
  };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
