/** The models that are here: what they are, what they take, and whether they are still what they were. */

import { createHash } from "node:crypto";
import { chmod, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { errorCode } from "../base/error-code.ts";
import { makeFolder } from "../base/make-folder.ts";
import { readGgufFile } from "../model/gguf.ts";
import { firstPart, isLaterPart, partPaths } from "../model/gguf-parts.ts";
import { nearestNames } from "../model/nearest-names.ts";
import { type RuntimeError, toRuntimeError } from "../model/runtime-error.ts";
import { FetchError } from "./fetch-error.ts";
import { hashFile } from "./hash-file.ts";
import { holdingName } from "./hold-name.ts";
import { type ModelRecord, readRecord, writeRecord } from "./model-record.ts";
import { isLeftOf, needAllowance, needSpace, readState, sizeOf, writing } from "./part-file.ts";
import type { TransferProgress } from "./transfer-progress.ts";
import { fileNameOf } from "./wanted-model.ts";

export interface KeptModel {
  /** The name that `embedded/…` takes. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly record: ModelRecord | undefined;
}

/** What an unfinished or a wrong download left. */
export interface Leftover {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** Of an unfinished one: what it will have. */
  readonly total?: number;
  /** What a pull takes to go on with it. */
  readonly pull?: string;
}

export interface FolderContent {
  readonly models: readonly KeptModel[];
  readonly leftovers: readonly Leftover[];
}

export type VerifiedState = "sound" | "changed" | "unknown" | "unusable";

export interface VerifiedModel {
  readonly name: string;
  readonly state: VerifiedState;
  /** Of one that is unusable. */
  readonly error?: RuntimeError;
}

export type OnProgress = (progress: TransferProgress) => void;

export interface Importing {
  readonly onProgress: OnProgress;
  readonly at: Date;
  /** What the models folder may take; 0 sets no limit. */
  readonly maxGigabytes: number;
}

export interface Making {
  readonly make: (path: string) => Promise<void>;
  readonly about: { readonly source: string; readonly licence: string | undefined; readonly at: Date };
}

export class ModelFolder {
  readonly #home: string;
  readonly #folder: string;

  constructor(home: string) {
    this.#home = home;
    this.#folder = join(home, "models");
  }

  async content(): Promise<FolderContent> {
    const names = (await readdir(this.#folder).catch(() => [])).toSorted((a, b) => a.localeCompare(b));
    const files = names.filter((name) => /\.gguf$/i.test(name));
    const models = files.filter((name) => !isLaterPart(name)).map((name) => this.#kept(name));
    const left = names
      .filter((name) => /\.gguf\.(?:part|wrong)$/i.test(name) || isOrphan(name, files))
      .map((name) => this.#left(name));
    return { models: await Promise.all(models), leftovers: await Promise.all(left) };
  }

  /** Removes the model and what belongs to it. Rejects with a FetchError when nothing has that name. */
  async remove(name: string): Promise<readonly string[]> {
    const file = /\.gguf$/i.test(name) ? name : `${name}.gguf`;
    const parts = partPaths(firstPart(file));
    const entries = await readdir(this.#folder).catch(() => []);
    const there = entries.filter((entry) => parts.some((part) => belongs(entry, part)));
    if (there.length === 0) throw await this.#unknown(name);
    await holdingName(this.#home, file, async () => {
      // Without its first file nobody takes the rest for a model.
      for (const entry of there.toSorted()) await writing(this.#folder, () => rm(join(this.#folder, entry)));
    });
    return there.map((entry) => join(this.#folder, entry));
  }

  /** Copies a file of the person's own in, when its header is sound. */
  async import(from: string, options: Importing, signal: AbortSignal): Promise<KeptModel> {
    const name = fileNameOf(basename(from));
    await stat(from).catch((error: unknown) => {
      throw new FetchError("not-here", { values: [from, errorCode(error) ?? String(error)], cause: error });
    });
    const first = firstPart(from);
    const { fileBytes } = await readGgufFile(first);
    if (name === undefined) throw new FetchError("name-unclear", { values: [basename(from)] });
    await writing(this.#folder, () => makeFolder(this.#folder));
    await holdingName(this.#home, firstPart(name), async () => {
      await needAllowance(this.#folder, fileBytes, options.maxGigabytes);
      await needSpace(this.#folder, fileBytes);
      // The first, by which the model is loaded, comes last.
      for (const source of partPaths(first).toReversed()) await this.#copyIn(source, options, signal);
    });
    return this.#kept(firstPart(name));
  }

  async #copyIn(from: string, { onProgress, at }: Importing, signal: AbortSignal): Promise<void> {
    const path = join(this.#folder, basename(from));
    if ((await sizeOf(path)) > 0) throw new FetchError("exists", { values: [basename(from)] });
    const size = await sizeOf(from);
    const sha256 = await copyHashed({ from, to: path, size }, onProgress, signal);
    await writeRecord(path, { bytes: size, sha256, source: from, at: at.toISOString() });
  }

  /** Rejects with a FetchError where there is none of that name. */
  async find(name: string): Promise<KeptModel> {
    const { models } = await this.content();
    const found = models.find((model) => model.name.toLowerCase() === name.toLowerCase());
    if (!found) throw await this.#unknown(name);
    return found;
  }

  /** A model that is made here: `make` writes it to the path that it is given. */
  async make(file: string, { make, about }: Making, signal: AbortSignal): Promise<KeptModel> {
    const path = join(this.#folder, file);
    const partial = `${path}.importing`;
    const { source, licence, at } = about;
    await holdingName(this.#home, file, async () => {
      if ((await sizeOf(path)) > 0) throw new FetchError("exists", { values: [file] });
      try {
        await make(partial);
        await chmod(partial, 0o600);
        const { fileBytes: bytes } = await readGgufFile(partial);
        const sha256 = await hashFile(partial, () => {}, signal);
        const terms = licence === undefined ? {} : { licence };
        await writeRecord(path, { bytes, sha256, source, ...terms, at: at.toISOString() });
        await writing(path, () => rename(partial, path));
      } finally {
        await rm(partial, { force: true });
      }
    });
    return this.#kept(file);
  }

  /** Reads every model from its first byte to its last. */
  async verify(onProgress: OnProgress, signal: AbortSignal): Promise<readonly VerifiedModel[]> {
    const { models } = await this.content();
    const verified: VerifiedModel[] = [];
    for (const model of models) verified.push(await verifyModel(model, onProgress, signal));
    return verified;
  }

  async #kept(file: string): Promise<KeptModel> {
    const path = join(this.#folder, file);
    const [sizes, record] = await Promise.all([Promise.all(partPaths(path).map(sizeOf)), readRecord(path)]);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    return { name: file.replace(/\.gguf$/i, ""), path, bytes, record };
  }

  async #left(file: string): Promise<Leftover> {
    const path = join(this.#folder, file);
    const [bytes, state] = await Promise.all([sizeOf(path), readState(path)]);
    if (!file.endsWith(".part") || !state) return { name: file, path, bytes };
    const { bytes: total, name: pull } = state;
    return { name: file, path, bytes, total, ...(pull === undefined ? {} : { pull }) };
  }

  async #unknown(name: string): Promise<FetchError> {
    const { models } = await this.content();
    const near = nearestNames(
      name,
      models.map((model) => model.name),
    );
    return new FetchError("unknown-model", { values: [name, near.join(", ")] });
  }
}

/** Whether it is the file of a model, what is known of it, or what its download left. */
function belongs(entry: string, file: string): boolean {
  return ["", ".json", ".wrong"].some((end) => entry === file + end) || isLeftOf(entry, file);
}

/** A file of a model whose first one is not here. */
function isOrphan(name: string, files: readonly string[]): boolean {
  return isLaterPart(name) && !files.includes(firstPart(name));
}

async function verifyModel(
  { name, path }: KeptModel,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<VerifiedModel> {
  try {
    await readGgufFile(path);
  } catch (error) {
    return { name, state: "unusable", error: toRuntimeError(error) };
  }
  const states = new Set<VerifiedState>();
  for (const part of partPaths(path)) states.add(await verifyFile(part, onProgress, signal));
  return { name, state: (["changed", "unknown"] as const).find((state) => states.has(state)) ?? "sound" };
}

async function verifyFile(path: string, onProgress: OnProgress, signal: AbortSignal): Promise<VerifiedState> {
  const [bytes, record] = await Promise.all([sizeOf(path), readRecord(path)]);
  if (!record) return "unknown";
  const onRead = (read: number) => onProgress({ phase: "checking", bytes: read, total: bytes });
  return bytes === record.bytes && (await hashFile(path, onRead, signal)) === record.sha256
    ? "sound"
    : "changed";
}

interface Copying {
  readonly from: string;
  readonly to: string;
  readonly size: number;
}

async function copyHashed(
  { from, to, size }: Copying,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<string> {
  const partial = `${to}.importing`;
  const hash = createHash("sha256");
  const [source, target] = await Promise.all([open(from), writing(to, () => open(partial, "w", 0o600))]);
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
