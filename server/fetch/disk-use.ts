/** What Hearth keeps on disk, by what it is for. */

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

export interface DiskUse {
  /** A file or folder of HEARTH_HOME. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/** The largest first. */
export async function diskUse(home: string): Promise<readonly DiskUse[]> {
  const entries = await readdir(home).catch(() => []);
  const uses = entries.map(async (name) => {
    const path = join(home, name);
    return { name, path, bytes: await bytesIn(path) };
  });
  return (await Promise.all(uses)).toSorted((a, b) => b.bytes - a.bytes || a.name.localeCompare(b.name));
}

/** As the disk counts them where it says so: a file may have holes. Links are not followed. */
export async function bytesIn(path: string): Promise<number> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => undefined);
  const paths = entries
    ?.filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  let sum = 0;
  for (const file of paths ?? [path]) {
    const found = await stat(file).catch(() => undefined);
    sum += found ? sizeOnDisk(found) : 0;
  }
  return sum;
}

function sizeOnDisk({ size, blocks }: { readonly size: number; readonly blocks: number }): number {
  return blocks > 0 ? Math.min(size, blocks * 512) : size;
}
