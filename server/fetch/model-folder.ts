/** The models that are here: what they are, what they take, and whether they are still what they were. */

import { createHash } from "node:crypto";
import { open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { tryLock } from "../base/file-lock.ts";
import { makeFolder } from "../base/make-folder.ts";
import { readGgufFile } from "../model/gguf.ts";
import { nearestNames } from "../model/nearest-names.ts";
import { type RuntimeError, toRuntimeError } from "../model/runtime-error.ts";
import { FetchError } from "./fetch-error.ts";
import { hashFile } from "./hash-file.ts";
import { type ModelRecord, readRecord, writeRecord } from "./model-record.ts";
import { needSpace, readState, sizeOf, writing } from "./part-file.ts";
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
    const models = names.filter((name) => /\.gguf$/i.test(name)).map((name) => this.#kept(name));
    const left = names
      .filter((name) => /\.gguf\.(?:part|wrong)$/i.test(name))
      .map((name) => this.#left(name));
    return { models: await Promise.all(models), leftovers: await Promise.all(left) };
  }

  /** Removes the model and what belongs to it. Rejects with a FetchError when nothing has that name. */
  async remove(name: string): Promise<readonly string[]> {
    const file = /\.gguf$/i.test(name) ? name : `${name}.gguf`;
    const belongs = new Set(["", ".json", ".part", ".part.json", ".wrong"].map((end) => file + end));
    const there = (await readdir(this.#folder).catch(() => [])).filter((entry) => belongs.has(entry));
    if (there.length === 0) throw await this.#unknown(name);
    await this.#holding(file, async () => {
      for (const entry of there) await writing(this.#folder, () => rm(join(this.#folder, entry)));
    });
    return there.map((entry) => join(this.#folder, entry));
  }

  /** Copies a file of the person's own in, when its header is sound. */
  async import(from: string, { onProgress, at }: Importing, signal: AbortSignal): Promise<KeptModel> {
    const name = fileNameOf(basename(from));
    const { size } = await stat(from).catch((error: unknown) => {
      throw new FetchError("not-here", { values: [from, codeOf(error)], cause: error });
    });
    await readGgufFile(from);
    if (name === undefined) throw new FetchError("name-unclear", { values: [basename(from)] });
    await writing(this.#folder, () => makeFolder(this.#folder));
    const path = join(this.#folder, name);
    await this.#holding(name, async () => {
      if ((await sizeOf(path)) > 0) throw new FetchError("exists", { values: [name] });
      await needSpace(this.#folder, size);
      const sha256 = await copyHashed({ from, to: path, size }, onProgress, signal);
      await writeRecord(path, { bytes: size, sha256, source: from, at: at.toISOString() });
    });
    return this.#kept(name);
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
    const [bytes, record] = await Promise.all([sizeOf(path), readRecord(path)]);
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

  async #holding<T>(file: string, work: () => Promise<T>): Promise<T> {
    await writing(this.#home, () => makeFolder(join(this.#home, "run")));
    const lock = tryLock(lockPath(this.#home, file));
    if (!lock) throw new FetchError("taken", { values: [file] });
    try {
      return await work();
    } finally {
      lock.dispose();
    }
  }
}

/** Whoever writes under the name of `file` holds this one. */
export function lockPath(home: string, file: string): string {
  return join(home, "run", `pull-${file}.lock`);
}

async function verifyModel(
  { name, path, bytes, record }: KeptModel,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<VerifiedModel> {
  try {
    await readGgufFile(path);
  } catch (error) {
    return { name, state: "unusable", error: toRuntimeError(error) };
  }
  if (!record) return { name, state: "unknown" };
  const onRead = (read: number) => onProgress({ phase: "checking", bytes: read, total: bytes });
  const same = bytes === record.bytes && (await hashFile(path, onRead, signal)) === record.sha256;
  return { name, state: same ? "sound" : "changed" };
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

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
