/**
 * Unpacks a package of npm into a folder. Whatever the archive says, nothing but plain files below that folder is
 * written, and no more of them than was promised.
 */

import { extract, type ReadEntry } from "tar";
import { errorCode } from "../base/error-code.ts";
import { FetchError } from "./fetch-error.ts";
import { writing } from "./part-file.ts";

export interface Archive {
  readonly path: string;
  /** For messages. */
  readonly name: string;
  readonly unpackedBytes: number;
}

const mostFiles = 1000;
/** Below `package`, where npm puts everything: plain names, none of them hidden or leading elsewhere. */
const plainPath = /^package(?:\/[\w@+-][\w.@+-]*)+$/;

/** `folder` is there and empty. Rejects with a FetchError; what was written by then is the caller's to remove. */
export async function unpack({ path, name, unpackedBytes }: Archive, folder: string): Promise<void> {
  const guard = new Guard(name, unpackedBytes);
  const failure = await extract({
    file: path,
    cwd: folder,
    strip: 1,
    strict: true,
    preserveOwner: false,
    noMtime: true,
    filter: (entryPath, entry) => "type" in entry && guard.admits(entryPath, entry),
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
  guard.check();
  if (failure === undefined) return;
  if (isOfDisk(failure)) await writing(folder, () => Promise.reject(failure));
  throw new FetchError("not-a-package", { values: [name], cause: failure });
}

/** Once something is refused nothing more is written. */
class Guard {
  readonly #name: string;
  readonly #most: number;
  readonly #seen = new Set<string>();
  #bytes = 0;
  #refused: string | undefined;

  constructor(name: string, most: number) {
    this.#name = name;
    this.#most = most;
  }

  admits(path: string, { type, size }: Pick<ReadEntry, "type" | "size">): boolean {
    if (this.#refused !== undefined) return false;
    // Folders are made where files want them.
    if (type === "Directory" && plainPath.test(path.replace(/\/$/, ""))) return false;
    this.#bytes += size;
    const plain = (type === "File" || type === "OldFile") && plainPath.test(path);
    const fits = this.#bytes <= this.#most && this.#seen.size < mostFiles;
    if (plain && fits && !this.#seen.has(path)) {
      this.#seen.add(path);
      return true;
    }
    this.#refused = path;
    return false;
  }

  check(): void {
    if (this.#refused !== undefined || this.#seen.size === 0)
      throw new FetchError("not-a-package", { values: [this.#name] });
  }
}

function isOfDisk(error: unknown): boolean {
  return /^E[A-Z]+$/.test(errorCode(error) ?? "");
}
