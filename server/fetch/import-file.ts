/** Copies a model file of the person's own to the folder of models, unless it is there already. */

import { createHash } from "node:crypto";
import { open, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { errorCode } from "../base/error-code.ts";
import { makeFolder } from "../base/make-folder.ts";
import { readGgufFile } from "../model/gguf.ts";
import { firstPart, partPaths } from "../model/gguf-parts.ts";
import { FetchError } from "./fetch-error.ts";
import { hashFile } from "./hash-file.ts";
import { holdingName } from "./hold-name.ts";
import { forgetImports, importingPath } from "./importing.ts";
import { writeRecord } from "./model-record.ts";
import { needAllowance, needSpace, sizeOf, writing } from "./part-file.ts";
import type { TransferProgress } from "./transfer-progress.ts";
import { fileNameOf } from "./wanted-model.ts";

export interface Importing {
  readonly onProgress: (progress: TransferProgress) => void;
  readonly at: Date;
  /** What the models folder may take; 0 sets no limit. */
  readonly maxGigabytes: number;
  /** The name that `embedded/…` is to take; left out: the file's own. */
  readonly as?: string | undefined;
}

interface Place {
  readonly home: string;
  /** Of models. */
  readonly folder: string;
}

export interface ImportedFile {
  /** In the folder of models; of several the first. */
  readonly file: string;
  readonly state: "imported" | "there";
}

/** Rejects with a FetchError or a RuntimeError, or with the signal's reason. */
export async function importFile(
  from: string,
  options: Importing & Place,
  signal: AbortSignal,
): Promise<ImportedFile> {
  await stat(from).catch((error: unknown) => {
    throw new FetchError("not-here", { values: [from, errorCode(error) ?? String(error)], cause: error });
  });
  const first = firstPart(from);
  const { fileBytes } = await readGgufFile(first);
  const { home, folder, as, onProgress } = options;
  const file = targetName(first, as);
  await writing(folder, () => makeFolder(folder));
  const copies = partPaths(first).map((source) => ({ source, path: join(folder, targetName(source, as)) }));
  await forgetImports(home, folder);
  return holdingName(home, file, async () => {
    const missing: Copy[] = [];
    for (const copy of copies) if (!(await isThere(copy, onProgress, signal))) missing.push(copy);
    if (missing.length === 0) return { file, state: "there" };
    await needAllowance(folder, fileBytes, options.maxGigabytes);
    await needSpace(folder, fileBytes);
    // The first, by which the model is loaded, comes last.
    for (const copy of missing.toReversed()) await copyIn(copy, options, signal);
    return { file, state: "imported" };
  });
}

interface Copy {
  readonly source: string;
  readonly path: string;
}

/** The number that a file has among several stays. */
function targetName(source: string, as: string | undefined): string {
  const [part = ""] = /-\d{5}-of-\d{5}(?=\.gguf$)/i.exec(source) ?? [];
  const wanted = as === undefined ? basename(source) : `${as.replace(/\.gguf$/i, "")}${part}.gguf`;
  const name = wanted.includes("/") ? undefined : fileNameOf(wanted);
  if (name === undefined) throw new FetchError("name-unclear", { values: [wanted] });
  return name;
}

/** Rejects with a FetchError where another file has that name. */
async function isThere(
  { source, path }: Copy,
  onProgress: Importing["onProgress"],
  signal: AbortSignal,
): Promise<boolean> {
  const [here, wanted] = await Promise.all([sizeOf(path), sizeOf(source)]);
  if (here === 0) return false;
  const onRead = (bytes: number) => onProgress({ phase: "checking", bytes, total: wanted });
  if (here === wanted) {
    const hash = await hashFile(source, onRead, signal);
    if (hash === (await hashFile(path, onRead, signal))) return true;
  }
  throw new FetchError("exists", { values: [basename(path), "--as NAME"] });
}

async function copyIn({ source, path }: Copy, { onProgress, at }: Importing, signal: AbortSignal) {
  const size = await sizeOf(source);
  const sha256 = await copyHashed({ from: source, to: path, size }, onProgress, signal);
  await writeRecord(path, { bytes: size, sha256, source, at: at.toISOString() });
}

interface Copying {
  readonly from: string;
  readonly to: string;
  readonly size: number;
}

async function copyHashed(
  { from, to, size }: Copying,
  onProgress: Importing["onProgress"],
  signal: AbortSignal,
): Promise<string> {
  const partial = importingPath(to);
  await writing(to, () => rm(partial, { force: true }));
  const hash = createHash("sha256");
  const [source, target] = await Promise.all([open(from), writing(to, () => open(partial, "wx", 0o600))]);
  try {
    const buffer = Buffer.allocUnsafe(1024 * 1024);
    for (let at = 0; ; ) {
      signal.throwIfAborted();
      const { bytesRead } = await source.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) break;
      const written = writing(to, () => target.writeFile(buffer.subarray(0, bytesRead)));
      hash.update(buffer.subarray(0, bytesRead));
      await written;
      at += bytesRead;
      onProgress({ phase: "fetching", bytes: at, total: size });
    }
    await writing(to, () => target.datasync());
    await writing(to, () => rename(partial, to));
    return hash.digest("hex");
  } finally {
    await Promise.all([source.close(), target.close()]);
    await rm(partial, { force: true });
  }
}
