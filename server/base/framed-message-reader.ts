/**
 * Reads framed JSON-RPC messages from a byte stream. Bytes that are no framing end the stream with one
 * error, whatever follows: they are never collected, searched twice or waited for. A framed body that is no
 * JSON is skipped with an error.
 */

import type { Readable } from "node:stream";
import { AbstractMessageReader, type DataCallback, type Disposable, type Message } from "vscode-jsonrpc/node";

export interface FramingLimits {
  readonly maxBodyBytes: number;
  /** Of everything that is read until `trust` is called; no limit when left out. */
  readonly maxBytesBeforeTrust?: number;
}

/** More than any client sends before a body. */
const maxHeaderBytes = 4096;
const separator = Buffer.from("\r\n\r\n");

export class FramingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "FramingError";
  }
}

export class FramedMessageReader extends AbstractMessageReader {
  readonly #input: Readable;
  readonly #maxBodyBytes: number;
  /** How much the other end may still say before it is trusted. */
  #credit: number;
  #head = Buffer.alloc(0);
  #body: Buffer[] = [];
  #missing: number | undefined;
  #broken = false;

  constructor(input: Readable, { maxBodyBytes, maxBytesBeforeTrust = Infinity }: FramingLimits) {
    super();
    this.#input = input;
    this.#maxBodyBytes = maxBodyBytes;
    this.#credit = maxBytesBeforeTrust;
    input.on("error", (error) => this.fireError(error));
    input.on("end", () => this.fireClose());
    input.on("close", () => this.fireClose());
  }

  listen(callback: DataCallback): Disposable {
    const onData = (chunk: Buffer) => this.#take(chunk, callback);
    this.#input.on("data", onData);
    return { dispose: () => this.#input.off("data", onData) };
  }

  /** The other end has proved who it is. */
  trust(): void {
    this.#credit = Infinity;
  }

  #take(chunk: Buffer, callback: DataCallback): void {
    this.#credit -= chunk.length;
    if (this.#credit < 0 && !this.#broken) this.#fail(chunk);
    let rest: Buffer | undefined = chunk;
    while (rest && rest.length > 0 && !this.#broken) {
      rest =
        this.#missing === undefined ? this.#takeHead(rest) : this.#takeBody(rest, this.#missing, callback);
    }
  }

  /** Returns what follows the header; undefined while the header is incomplete. */
  #takeHead(chunk: Buffer): Buffer | undefined {
    const head = Buffer.concat([this.#head, chunk.subarray(0, maxHeaderBytes)]);
    const end = head.indexOf(separator);
    if (end < 0 ? head.length >= maxHeaderBytes || !looksLikeHeader(head) : end > maxHeaderBytes) {
      return this.#fail(head);
    }
    if (end < 0) {
      this.#head = head;
      return undefined;
    }
    const length = contentLength(head.toString("latin1", 0, end));
    if (length === undefined || length > this.#maxBodyBytes) return this.#fail(head);
    const used = end + separator.length - this.#head.length;
    this.#head = Buffer.alloc(0);
    this.#missing = length;
    return chunk.subarray(used);
  }

  #takeBody(chunk: Buffer, missing: number, callback: DataCallback): Buffer {
    const part = chunk.subarray(0, missing);
    this.#body.push(part);
    this.#missing = missing - part.length;
    if (this.#missing === 0) {
      const body = Buffer.concat(this.#body);
      this.#body = [];
      this.#missing = undefined;
      this.#deliver(body, callback);
    }
    return chunk.subarray(part.length);
  }

  #deliver(body: Buffer, callback: DataCallback): void {
    try {
      const message: unknown = JSON.parse(body.toString("utf8"));
      if (!isMessage(message)) throw new TypeError("a message must be a JSON-RPC 2.0 object");
      callback(message);
    } catch (error) {
      this.fireError(error);
    }
  }

  #fail(head: Buffer): undefined {
    this.#broken = true;
    this.#input.pause();
    this.fireError(new FramingError(JSON.stringify(head.toString("latin1", 0, 40))));
    return undefined;
  }
}

/** Whether more bytes could still make it a header: its first line is a field's name so far. */
function looksLikeHeader(head: Buffer): boolean {
  return /^[A-Za-z-]*(:|$)/.test(head.toString("latin1", 0, 64));
}

function contentLength(head: string): number | undefined {
  const [, digits] = /(?:^|\r\n)content-length:[ \t]*(\d{1,12})[ \t]*(?:\r\n|$)/i.exec(head) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function isMessage(value: unknown): value is Message {
  return typeof value === "object" && value !== null && "jsonrpc" in value;
}
