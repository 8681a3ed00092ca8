/** The SHA-256 of a file, read in pieces. */

import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

const pieceBytes = 1024 * 1024;

/** `onRead` gets the bytes read so far. In lower-case hexadecimal digits. */
export async function hashFile(
  path: string,
  onRead: (bytes: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path);
  try {
    let buffer = Buffer.allocUnsafe(pieceBytes);
    let other = Buffer.allocUnsafe(pieceBytes);
    let size = 0;
    for (let next = file.read(buffer, 0, pieceBytes, 0); ; ) {
      const { bytesRead } = await next;
      signal.throwIfAborted();
      if (bytesRead === 0) return hash.digest("hex");
      size += bytesRead;
      // The disk reads the next piece while the processor is at this one.
      const full = buffer;
      [buffer, other] = [other, buffer];
      next = file.read(buffer, 0, pieceBytes, size);
      hash.update(full.subarray(0, bytesRead));
      onRead(size);
    }
  } finally {
    await file.close();
  }
}
