/**
 * Which GGUF file a path means. Two paths mean the same file when they have the same real path, size, time and
 * header. Reading gigabytes to hash them would cost more than a load; a file that was changed and still has all four
 * was changed on purpose, by someone who owns the person's files.
 */

import { createHash } from "node:crypto";
import { realpath, stat } from "node:fs/promises";
import { readGgufFile } from "../../model/gguf.ts";
import type { GgufHeader } from "../../model/gguf-header.ts";
import { partPaths } from "../../model/gguf-parts.ts";
import { RuntimeError } from "../../model/runtime-error.ts";

export interface GgufFile {
  readonly id: string;
  /** The real one. */
  readonly path: string;
  readonly header: GgufHeader;
}

/** Reads the header, and nothing else of the file. Of a model in several files, `path` is the first. */
export async function identifyGguf(path: string): Promise<GgufFile> {
  const header = await readGgufFile(path);
  const real = await realpath(path);
  const files = await Promise.all(partPaths(real).map((part) => stat(part)));
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (size !== header.fileBytes)
    throw new RuntimeError("model-invalid", "{0} is being written.", { values: [path] });
  const times = files.map(({ mtimeMs }) => mtimeMs);
  const id = createHash("sha256")
    .update(JSON.stringify([real, size, times, header.digest]))
    .digest("hex");
  return { id, path: real, header };
}

/** llama.cpp is given no file but the one whose header was checked. */
export async function checkUnchanged({ path, id }: GgufFile): Promise<void> {
  if ((await identifyGguf(path)).id === id) return;
  throw new RuntimeError("model-invalid", "{0} has changed since it was opened.", { values: [path] });
}
