/** Opening what may be anything but a file: a pipe, a device, or a link to one, as a hostile folder may hold. */

import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";

/** For `open`: a pipe without a writer does not hold the reader. Whether it is a file is asked afterwards. */
export const readWithoutWaiting = constants.O_RDONLY | constants.O_NONBLOCK;

export type FileStart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" }
  /** Something is there that is no file, leads nowhere or may not be read. */
  | { readonly kind: "unreadable" };

/** The first bytes of the file at `path`. */
export function startOfFile(path: string, mostBytes: number): FileStart {
  try {
    const file = openSync(path, readWithoutWaiting);
    try {
      const stats = fstatSync(file);
      if (!stats.isFile()) return { kind: "unreadable" };
      const bytes = Buffer.alloc(Math.min(stats.size, mostBytes));
      return { kind: "text", text: bytes.toString("utf8", 0, readSync(file, bytes)) };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return { kind: isAbsent(path, error) ? "absent" : "unreadable" };
  }
}

/** A link that leads nowhere is there. */
function isAbsent(path: string, error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return lstatSync(path, { throwIfNoEntry: false }) === undefined;
  return code === "ENOTDIR";
}
