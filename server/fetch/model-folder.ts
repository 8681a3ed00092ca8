/** The models that are here: what they are, what they take, and whether they are still what they were. */

import { chmod, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readGgufFile } from "../model/gguf.ts";
import { firstPart, isLaterPart, partPaths } from "../model/gguf-parts.ts";
import { alikeNames } from "../model/nearest-names.ts";
import { type RuntimeError, toRuntimeError } from "../model/runtime-error.ts";
import { FetchError } from "./fetch-error.ts";
import { hashFile } from "./hash-file.ts";
import { holdingName } from "./hold-name.ts";
import { type Importing, importFile } from "./import-file.ts";
import { forgetImports, importingPath } from "./importing.ts";
import { type ModelRecord, readRecord, writeRecord } from "./model-record.ts";
import { isLeftOf, readState, sizeOf, writing } from "./part-file.ts";
import type { TransferProgress } from "./transfer-progress.ts";

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

/** How a model came here; undefined where somebody else put it there. */
export interface ModelOrigin {
  readonly kind: "fetched" | "imported" | "made";
  /** An address, or the path of a file. */
  readonly source: string;
}

export interface VerifiedModel {
  readonly name: string;
  readonly state: VerifiedState;
  /** Of one that is unusable. */
  readonly error?: RuntimeError;
  readonly origin: ModelOrigin | undefined;
}

export type OnProgress = (progress: TransferProgress) => void;

export interface ImportedModel extends KeptModel {
  /** `there`: it was here, byte for byte. */
  readonly state: "imported" | "there";
}

export interface RemovedModel {
  readonly name: string;
  readonly paths: readonly string[];
  /** That came free. */
  readonly bytes: number;
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
      .filter((name) => leftover.test(name) || isOrphan(name, files))
      .map((name) => this.#left(name));
    return { models: await Promise.all(models), leftovers: await Promise.all(left) };
  }

  /** Removes the model and what belongs to it. Rejects with a FetchError when nothing has that name. */
  async remove(name: string): Promise<RemovedModel> {
    if (name.startsWith("ollama/"))
      throw new FetchError("in-ollama", { values: [name.slice("ollama/".length)] });
    const file = fileOf(name);
    const entries = await readdir(this.#folder).catch(() => []);
    const there = entries.filter(belongingTo(name));
    if (there.length === 0) throw await this.#unknown(name);
    const sizes = await Promise.all(there.map((entry) => sizeOf(join(this.#folder, entry))));
    await holdingName(this.#home, firstPart(file), async () => {
      // Without its first file nobody takes the rest for a model.
      for (const entry of there.toSorted()) await writing(this.#folder, () => rm(join(this.#folder, entry)));
    });
    return {
      name: leftover.test(name) ? name : file.replace(/\.gguf$/i, ""),
      paths: there.map((entry) => join(this.#folder, entry)),
      bytes: sizes.reduce((sum, size) => sum + size, 0),
    };
  }

  /** Copies a file of the person's own in, when its header is sound; one that is here already stays as it is. */
  async import(from: string, options: Importing, signal: AbortSignal): Promise<ImportedModel> {
    const place = { home: this.#home, folder: this.#folder };
    const { file, state } = await importFile(from, { ...options, ...place }, signal);
    return { ...(await this.#kept(file)), state };
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
    const partial = importingPath(path);
    const { source, licence, at } = about;
    await forgetImports(this.#home, this.#folder);
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
    const near = alikeNames(
      name,
      models.map((model) => model.name),
    );
    return new FetchError("unknown-model", { values: [name, near.join(", ")] });
  }
}

/** What an unfinished or a wrong one is called. */
const leftover = /\.gguf\.(?:part|wrong|importing)$/i;

/** The file that a person means by the name of a model, or of what is left of one. */
function fileOf(name: string): string {
  const bare = name.replace(leftover, ".gguf");
  return /\.gguf$/i.test(bare) ? bare : `${bare}.gguf`;
}

/** Of a name of what is left that alone, without the model; else all that is the model's, and what is left of it. */
function belongingTo(name: string): (entry: string) => boolean {
  if (leftover.test(name)) return (entry) => entry === name || entry.startsWith(`${name}.json`);
  const parts = partPaths(firstPart(fileOf(name)));
  return (entry) => parts.some((part) => belongs(entry, part));
}

/** Whether it is the file of a model, what is known of it, or what its download or its copying left. */
function belongs(entry: string, file: string): boolean {
  const own = ["", ".json", ".wrong", ".importing"].some((end) => entry === file + end);
  return own || isLeftOf(entry, file);
}

/** A file of a model whose first one is not here. */
function isOrphan(name: string, files: readonly string[]): boolean {
  return isLaterPart(name) && !files.includes(firstPart(name));
}

async function verifyModel(
  { name, path, record }: KeptModel,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<VerifiedModel> {
  const origin = record && originOf(record, dirname(path));
  try {
    await readGgufFile(path);
  } catch (error) {
    return { name, origin, state: "unusable", error: toRuntimeError(error) };
  }
  const states = new Set<VerifiedState>();
  for (const part of partPaths(path)) states.add(await verifyFile(part, onProgress, signal));
  const state = (["changed", "unknown"] as const).find((each) => states.has(each)) ?? "sound";
  return { name, origin, state };
}

function originOf({ source }: ModelRecord, folder: string): ModelOrigin {
  if (/^https?:\/\//i.test(source)) return { kind: "fetched", source };
  return { kind: dirname(source) === folder ? "made" : "imported", source };
}

async function verifyFile(path: string, onProgress: OnProgress, signal: AbortSignal): Promise<VerifiedState> {
  const [bytes, record] = await Promise.all([sizeOf(path), readRecord(path)]);
  if (!record) return "unknown";
  const onRead = (read: number) => onProgress({ phase: "checking", bytes: read, total: bytes });
  return bytes === record.bytes && (await hashFile(path, onRead, signal)) === record.sha256
    ? "sound"
    : "changed";
}
