/** Archives as npm makes them, and as somebody would make them who means harm: each entry as it is written here. */

import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { Header } from "tar";
import type { PinnedPackage } from "../../server/model/pinned-package.ts";

export interface TarEntry {
  readonly path: string;
  readonly text?: string;
  readonly type?: "File" | "SymbolicLink" | "Link" | "Directory" | "FIFO" | "CharacterDevice";
  readonly linkpath?: string;
}

const blockBytes = 512;

export function tarball(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ path, text = "", type = "File", linkpath = "" }) => {
    const header = Buffer.alloc(blockBytes);
    const size = Buffer.byteLength(text);
    new Header({ path, type, linkpath, size, mode: 0o644, mtime: new Date(0) }).encode(header);
    const body = Buffer.alloc(Math.ceil(size / blockBytes) * blockBytes);
    body.write(text);
    return [header, body];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]));
}

/** How `binaries.json` would pin it. */
export function pinned(name: string, archive: Buffer, more: Partial<PinnedPackage> = {}): PinnedPackage {
  const integrity = `sha512-${createHash("sha512").update(archive).digest("base64")}`;
  const pin = { name, version: "1.0.0", integrity, bytes: archive.length, unpackedBytes: 10_000_000 };
  return { ...pin, licence: "MIT", ...more };
}
