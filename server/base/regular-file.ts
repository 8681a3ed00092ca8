/** Opening what may be anything but a file: a pipe, a device, or a link to one, as a hostile folder may hold. */

import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { open } from "node:fs/promises";
import { errorCode } from "./error-code.ts";

/** For `open`: a pipe without a writer does not hold the reader. Whether it is a file is asked afterwards. */
export const readWithoutWaiting = constants.O_RDONLY | constants.O_NONBLOCK;

/** For `open`: makes the file where there is none, writes to its end alone, and fails at a link. */
export const appendWithoutFollowing =
  constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;

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

export type WholeFile =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "not-a-file" | "too-large" };

/**
 * All of the file at `path`, no further than it says it is long: those of /proc have no size, and some of them no
 * end. A read that waits for good could not be given up, not even by `process.exit`. Rejects as `open` does.
 */
export async function readWholeFile(path: string, mostBytes: number): Promise<WholeFile> {
  const file = await open(path, readWithoutWaiting);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return { kind: "not-a-file" };
    if (stats.size > mostBytes) return { kind: "too-large" };
    return { kind: "bytes", bytes: stats.size === 0 ? new Uint8Array() : await file.readFile() };
  } finally {
    await file.close();
  }
}

/** A link that leads nowhere is there. */
function isAbsent(path: string, error: unknown): boolean {
  const code = errorCode(error);
  if (code === "ENOENT") return lstatSync(path, { throwIfNoEntry: false }) === undefined;
  return code === "ENOTDIR";
}
