/** Copies that are being made in the folder of models, and what is left of one whose process was killed. */

import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { firstPart } from "../model/gguf-parts.ts";
import { FetchError } from "./fetch-error.ts";
import { holdingName } from "./hold-name.ts";
import { writing } from "./part-file.ts";

const ending = ".importing";

/** Where the file is written that is to get its name `path` when it is whole. */
export function importingPath(path: string): string {
  return path + ending;
}

/** Removes every copy that nobody is at any more. `folder`: of models. */
export async function forgetImports(home: string, folder: string): Promise<void> {
  const left = (await readdir(folder).catch(() => [])).filter((entry) => entry.endsWith(ending));
  for (const entry of left) {
    const remove = () => writing(folder, () => rm(join(folder, entry), { force: true }));
    await unlessHeld(holdingName(home, firstPart(entry.slice(0, -ending.length)), remove));
  }
}

async function unlessHeld(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof FetchError) || error.code !== "taken") throw error;
  }
}
