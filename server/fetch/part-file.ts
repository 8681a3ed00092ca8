/**
 * A download that is not whole yet: `FILE.part`, and beside it `FILE.part.json` that says what it is to become.
 * Both outlive a crash; whoever opens them next reads again what is there, so that the hash covers every byte.
 */

import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as v from "valibot";
import { errorCode } from "../base/error-code.ts";
import { readJsonFile, writeJsonFile } from "../base/json-file.ts";
import { appendWithoutFollowing } from "../base/regular-file.ts";
import { bytesIn } from "./disk-use.ts";
import { FetchError } from "./fetch-error.ts";

const stateSchema = v.object({
  url: v.string(),
  bytes: v.number(),
  /** What it must have in the end, one of the two, in hexadecimal digits. */
  sha256: v.optional(v.string()),
  sha512: v.optional(v.string()),
  /** Of the answer that the bytes came from, where it is one that compares every byte. */
  etag: v.optional(v.string()),
  /** What the person had named, to name it again. */
  name: v.optional(v.string()),
});
export type PartState = Readonly<v.InferOutput<typeof stateSchema>>;

export class PartFile {
  readonly path: string;
  readonly #file: FileHandle;
  #state: PartState;
  #hash: Hash;
  #size = 0;

  private constructor(path: string, file: FileHandle, state: PartState) {
    this.path = path;
    this.#file = file;
    this.#state = state;
    this.#hash = hashFor(state);
  }

  /** Goes on with what is there when it is to become the same file; `onChecked` gets the bytes read again so far. */
  static async open(
    target: string,
    wanted: PartState,
    { onChecked }: { readonly onChecked: (bytes: number) => void },
    signal: AbortSignal,
  ): Promise<PartFile> {
    const path = `${target}.part`;
    const before = await readState(path);
    const goesOn = isSame(before, wanted);
    const etag = goesOn && before?.url === wanted.url ? before.etag : undefined;
    const state = { ...wanted, ...(etag === undefined ? {} : { etag }) };
    const part = await writing(path, async () => {
      // What is appended stays behind what was there, also after a restart.
      const file = await open(path, appendWithoutFollowing, 0o600);
      if (!goesOn) await file.truncate(0);
      return new PartFile(path, file, state);
    });
    try {
      if (goesOn) await part.#check(onChecked, signal);
      await part.#save();
      return part;
    } catch (error) {
      await part.close();
      throw error;
    }
  }

  /** Bytes that are there and hashed. */
  get size(): number {
    return this.#size;
  }

  get state(): PartState {
    return this.#state;
  }

  async append(chunk: Uint8Array): Promise<void> {
    await writing(this.path, async () => {
      const written = writeAll(this.#file, chunk);
      // The disk and the processor work side by side.
      this.#hash.update(chunk);
      await written;
    });
    this.#size += chunk.length;
  }

  async noteTag(etag: string | undefined): Promise<void> {
    const strong = etag !== undefined && !etag.startsWith("W/") ? { etag } : {};
    const { etag: _, ...rest } = this.#state;
    this.#state = { ...rest, ...strong };
    await this.#save();
  }

  async restart(): Promise<void> {
    await writing(this.path, () => this.#file.truncate(0));
    this.#hash = hashFor(this.#state);
    this.#size = 0;
  }

  /** Of all that is there. The file takes no more afterwards. */
  async finish(): Promise<string> {
    await writing(this.path, () => this.#file.datasync());
    await this.close();
    return this.#hash.digest("hex");
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #check(onChecked: (bytes: number) => void, signal: AbortSignal): Promise<void> {
    const { size } = await this.#file.stat();
    if (size > this.#state.bytes) return this.restart();
    const buffer = Buffer.allocUnsafe(1024 * 1024);
    while (this.#size < size) {
      signal.throwIfAborted();
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#size);
      if (bytesRead === 0) return;
      this.#hash.update(buffer.subarray(0, bytesRead));
      this.#size += bytesRead;
      onChecked(this.#size);
    }
  }

  async #save(): Promise<void> {
    await writing(this.path, () => writeJsonFile(`${this.path}.json`, this.#state));
  }
}

function hashFor({ sha512 }: PartState): Hash {
  return createHash(sha512 === undefined ? "sha256" : "sha512");
}

type PromisedBytes = Pick<PartState, "bytes" | "sha256" | "sha512">;

/** Whether what is there is to become what is wanted. */
function isSame(before: PartState | undefined, wanted: PromisedBytes): boolean {
  if (before?.bytes !== wanted.bytes) return false;
  return before.sha256 === wanted.sha256 && before.sha512 === wanted.sha512;
}

/** What an earlier try has brought of it. */
export async function bytesHere(target: string, wanted: PromisedBytes): Promise<number> {
  const before = await readState(`${target}.part`);
  return isSame(before, wanted) ? sizeOf(`${target}.part`) : 0;
}

/** What is left of a download that was given up or broke; undefined where there is none that could go on. */
export function readState(path: string): Promise<PartState | undefined> {
  return readJsonFile(`${path}.json`, stateSchema);
}

/** All that a download to `target` left beside it, and what was being written when a process was killed. */
export async function forgetPart(target: string): Promise<void> {
  const [folder, name] = [dirname(target), basename(target)];
  const entries = (await readdir(folder)).filter((entry) => isLeftOf(entry, name));
  for (const entry of entries) await rm(join(folder, entry), { force: true });
}

/** Whether `entry` is what a download to the file `name` has left. */
export function isLeftOf(entry: string, name: string): boolean {
  return entry.startsWith(`${name}.part`) || (entry.startsWith(`${name}.json.`) && entry.endsWith(".new"));
}

/** What is not what was promised; returns its new name. */
export async function setAside(target: string): Promise<string> {
  const aside = `${target}.wrong`;
  await writing(aside, () => rename(`${target}.part`, aside));
  await forgetPart(target);
  return aside;
}

/** Throws where the file system of `folder` has no room for `bytes` more. */
export async function needSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free < bytes) throw new FetchError("no-space", { values: [folder, free, bytes] });
}

/** Throws where `folder` with `bytes` more would hold more than it may; 0 gigabytes set no limit. */
export async function needAllowance(folder: string, bytes: number, maxGigabytes: number): Promise<void> {
  if (maxGigabytes === 0) return;
  const used = await bytesIn(folder);
  const most = maxGigabytes * 1e9;
  if (used + bytes > most) throw new FetchError("over-limit", { values: [used, bytes, most] });
}

export async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, at, chunk.length - at);
    at += bytesWritten;
  }
}

/** What the disk refuses, as a FetchError. */
export async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = errorCode(error) ?? String(error);
    if (code === "ENOSPC" || code === "EDQUOT")
      throw new FetchError("disk-full", { values: [dirname(path)], cause: error });
    throw new FetchError("unwritable", { values: [path, code], cause: error });
  }
}
