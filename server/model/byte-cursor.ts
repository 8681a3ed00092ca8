/**
 * Reads a file front to back through one window. Memory stays within the window and the longest string
 * asked for, whatever the file claims about itself.
 */

import { createHash } from "node:crypto";
import { RuntimeError } from "./runtime-error.ts";

export interface ByteSource {
  readonly size: number;
  /** Up to `length` bytes from `offset`; fewer only at the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

const windowBytes = 1024 * 1024;

export class ByteCursor {
  readonly #source: ByteSource;
  readonly #hash = createHash("sha256");
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;
  #at = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Bytes from the start of the file. */
  get position(): number {
    return this.#windowStart + this.#at;
  }

  get remaining(): number {
    return this.#source.size - this.position;
  }

  /** Whether the next `count` bytes can be read without waiting. */
  has(count: number): boolean {
    return this.#window.length - this.#at >= count;
  }

  /** Makes the next `count` bytes readable; `count` is bounded by the caller. */
  async need(count: number): Promise<void> {
    if (this.has(count)) return;
    if (count > this.remaining) throw truncated(this.position);
    this.#windowStart += this.#at;
    this.#at = 0;
    const length = Math.min(Math.max(count, windowBytes), this.remaining);
    const bytes = await this.#source.read(this.#windowStart, length);
    if (bytes.length < count) throw truncated(this.#windowStart + bytes.length);
    this.#hash.update(bytes);
    this.#window = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Passes over bytes, also far beyond the window. */
  skip(count: number): void {
    if (count > this.remaining) throw truncated(this.position);
    if (this.has(count)) {
      this.#at += count;
      return;
    }
    this.#windowStart += this.#at + count;
    this.#at = 0;
    this.#window = Buffer.alloc(0);
  }

  /** The readers below want `need` first. */
  u8(): number {
    return this.#window.readUInt8(this.#advance(1));
  }

  u32(): number {
    return this.#window.readUInt32LE(this.#advance(4));
  }

  i32(): number {
    return this.#window.readInt32LE(this.#advance(4));
  }

  f32(): number {
    return this.#window.readFloatLE(this.#advance(4));
  }

  f64(): number {
    return this.#window.readDoubleLE(this.#advance(8));
  }

  u64(): bigint {
    return this.#window.readBigUInt64LE(this.#advance(8));
  }

  text(bytes: number): string {
    const start = this.#advance(bytes);
    return this.#window.toString("utf8", start, start + bytes);
  }

  /** Identifies what was read so far. */
  digest(): string {
    return this.#hash.copy().digest("hex");
  }

  #advance(count: number): number {
    const at = this.#at;
    this.#at += count;
    return at;
  }
}

function truncated(at: number): RuntimeError {
  return new RuntimeError("model-invalid", "The model file ends in the middle of its header, at byte {0}.", {
    values: [at],
  });
}
