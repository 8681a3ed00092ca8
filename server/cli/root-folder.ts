/** Which folder a verb reads. */

import { stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { Localizer } from "../base/l10n.ts";
import type { Failure } from "./failure.ts";

/** The Git root at or above `folder`; else `cwd` where `folder` lies in it; else `folder` itself. */
export async function rootFolderOf(folder: string, cwd: string): Promise<string> {
  for (let above = folder; ; above = dirname(above)) {
    if (await exists(join(above, ".git"))) return above;
    if (dirname(above) === above) break;
  }
  return relative(cwd, folder).startsWith("..") ? folder : cwd;
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
