/** Opening what may be anything but a file: a pipe, a device, or a link to one, as a hostile folder may hold. */

import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** For `open`: a pipe without a writer does not hold the reader. Whether it is a file is asked afterwards. */
export const readWithoutWaiting = constants.O_RDONLY | constants.O_NONBLOCK;

/** The first bytes of the file at `path` as text; undefined when it is no file or cannot be read. */
export function startOfFile(path: string, mostBytes: number): string | undefined {
  try {
    const file = openSync(path, readWithoutWaiting);
    try {
      const stats = fstatSync(file);
      if (!stats.isFile()) return undefined;
      const bytes = Buffer.alloc(Math.min(stats.size, mostBytes));
      return bytes.toString("utf8", 0, readSync(file, bytes));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}
