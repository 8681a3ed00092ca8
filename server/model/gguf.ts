/**
 * Reads and checks the header of a GGUF file before llama.cpp sees it. The file is hostile until then:
 * no count in it is trusted with memory, and every tensor must lie inside the file.
 * Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */

import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { errorCode } from "../base/error-code.ts";
import { readWithoutWaiting } from "../base/regular-file.ts";
import { ByteCursor, type ByteSource } from "./byte-cursor.ts";
import type { GgufHeader } from "./gguf-header.ts";
import { readAlignment, readMetadata } from "./gguf-metadata.ts";
import { partPaths } from "./gguf-parts.ts";
import { readTensors, type TensorTable } from "./gguf-tensors.ts";
import { nearestNames } from "./nearest-names.ts";
import { RuntimeError, toRuntimeError } from "./runtime-error.ts";

/** Of a model in several files, all of them: `path` is the first. */
export async function readGgufFile(path: string): Promise<GgufHeader> {
  const [, ...others] = partPaths(path);
  const first = await withFile(path, readGguf);
  return others.length === 0 ? first : readOthers(first, others);
}

async function readOthers(first: GgufHeader, others: readonly string[]): Promise<GgufHeader> {
  let { tensors, parameters, weightBytes, fileBytes, digest } = first;
  for (const path of others) {
    const part = await withFile(path, readGgufPart);
    tensors += part.tensors;
    parameters += part.parameters;
    weightBytes += part.weightBytes;
    fileBytes += part.fileBytes;
    digest = createHash("sha256").update(`${digest} ${part.digest}`).digest("hex");
  }
  return { ...first, tensors, parameters, weightBytes, fileBytes, digest };
}

async function withFile<T>(path: string, read: (source: ByteSource) => Promise<T>): Promise<T> {
  const file = await open(path, readWithoutWaiting).catch(async (error: unknown) => {
    throw await unreadable(path, error);
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw noFile(path, stat);
    return await read({
      size: stat.size,
      read: async (offset, length) => {
        const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      },
    });
  } finally {
    await file.close();
  }
}

export async function readGguf(source: ByteSource): Promise<GgufHeader> {
  const { cursor, version, tensorCount, keyCount } = await readCounts(source);
  const metadata = await readMetadata(cursor, keyCount);
  const table = await readTable(cursor, { count: tensorCount, alignment: metadata.alignment });
  return { version, ...metadata.model, ...table, fileBytes: source.size };
}

type Table = Pick<GgufHeader, "tensors" | "parameters" | "weightBytes" | "digest">;

/** One of the files after the first, which holds tensors and says nothing of the model. */
async function readGgufPart(source: ByteSource): Promise<Table & Pick<GgufHeader, "fileBytes">> {
  const { cursor, tensorCount, keyCount } = await readCounts(source);
  const alignment = await readAlignment(cursor, keyCount);
  return { ...(await readTable(cursor, { count: tensorCount, alignment })), fileBytes: source.size };
}

async function readTable(cursor: ByteCursor, table: TensorTable): Promise<Table> {
  const { elements, bytes } = await readTensors(cursor, table);
  return { tensors: table.count, parameters: elements, weightBytes: bytes, digest: cursor.digest() };
}

async function readCounts(source: ByteSource) {
  if (source.size === 0) throw new RuntimeError("model-invalid", "The model file is empty.");
  const cursor = new ByteCursor(source);
  if (source.size < 24) throw notGguf();
  await cursor.need(24);
  if (cursor.text(4) !== "GGUF") throw notGguf();
  const version = checkVersion(cursor.u32());
  const tensorCount = countOf(cursor.u64(), { kind: "tensors", each: 24, cursor });
  const keyCount = countOf(cursor.u64(), { kind: "entries", each: 13, cursor });
  return { cursor, version, tensorCount, keyCount };
}

/** The largest models that exist have 30,000 tensors and 100 metadata entries. */
const mostEntries = 100_000;

interface Count {
  readonly kind: "tensors" | "entries";
  /** Bytes that the smallest entry takes. */
  readonly each: number;
  readonly cursor: ByteCursor;
}

function countOf(claimed: bigint, { kind, each, cursor }: Count): number {
  if (claimed * BigInt(each) > BigInt(cursor.remaining) || claimed > BigInt(mostEntries)) {
    const values = [claimed.toLocaleString("en")];
    throw kind === "tensors"
      ? new RuntimeError("model-invalid", "The model file claims {0} tensors, which cannot fit in it.", {
          values,
        })
      : new RuntimeError(
          "model-invalid",
          "The model file claims {0} metadata entries, which cannot fit in it.",
          { values },
        );
  }
  return Number(claimed);
}

function checkVersion(version: number): number {
  if (version === 2 || version === 3) return version;
  const swapped = (version & 0xffff) === 0 && version !== 0;
  throw swapped
    ? new RuntimeError(
        "model-unsupported",
        "The model file is big-endian; only little-endian GGUF 2 and 3 can be read.",
      )
    : new RuntimeError(
        "model-unsupported",
        "The model file is GGUF version {0}; only little-endian GGUF 2 and 3 can be read.",
        { values: [version] },
      );
}

function notGguf(): RuntimeError {
  return new RuntimeError("model-invalid", "The file is not a GGUF model: it does not begin with GGUF.");
}

function noFile(path: string, stats: Stats): RuntimeError {
  const values = [path];
  if (!stats.isDirectory()) return new RuntimeError("model-not-found", "{0} is not a file.", { values });
  return new RuntimeError("model-not-found", "{0} is a folder.", {
    values,
    mend: "Name the GGUF file itself.",
  });
}

async function unreadable(path: string, error: unknown): Promise<RuntimeError> {
  switch (errorCode(error)) {
    case "ENOENT":
    case "ENOTDIR":
    case "ENAMETOOLONG":
      return missing(path, error);
    case "ELOOP":
      return new RuntimeError("model-not-found", "{0} is a link that leads back to itself.", {
        values: [path],
        mend: "Make the link again, or name the GGUF file itself.",
        cause: error,
      });
    case "EACCES":
    case "EPERM":
      return new RuntimeError("model-not-found", "You may not read {0}.", {
        values: [path],
        mend: "Let your user read the file and look into the folders above it.",
        cause: error,
      });
    case undefined:
    default:
      return new RuntimeError("model-invalid", "{0} cannot be read: {1}", {
        values: [path, toRuntimeError(error).message],
        cause: error,
      });
  }
}

/** With the models beside it whose names are nearest. */
async function missing(path: string, cause: unknown): Promise<RuntimeError> {
  const ending = /\.gguf$/i;
  const files = await readdir(dirname(path)).catch(() => []);
  const names = files.filter((name) => ending.test(name)).map((name) => name.replace(ending, ""));
  const near = nearestNames(basename(path).replace(ending, ""), names);
  return near.length === 0
    ? new RuntimeError("model-not-found", "There is no file {0}.", {
        values: [path],
        mend: "Correct roles.complete: it takes the name of a file in Hearth's models folder, or its whole path.",
        cause,
      })
    : new RuntimeError("model-not-found", "There is no file {0}. Nearest: {1}.", {
        values: [path, near.join(", ")],
        mend: "Correct roles.complete: it takes the name of a file in Hearth's models folder, or its whole path.",
        cause,
      });
}
