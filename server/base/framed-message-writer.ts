/**
 * Writes framed JSON-RPC messages to a byte stream. What is written before the event loop goes on leaves in one piece:
 * each piece costs a system call here and may wake the reader's process once more.
 */

import type { Writable } from "node:stream";
import { AbstractMessageWriter, type Message, type MessageWriter } from "vscode-jsonrpc/node";

export class FramedMessageWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #output: Writable;
  #waiting = "";
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(output: Writable) {
    super();
    this.#output = output;
    output.on("drain", () => this.#settle());
    output.on("error", (error) => this.fireError(error));
    output.on("close", () => {
      this.#settle();
      this.fireClose();
    });
  }

  /** Resolves at once while the stream takes what it is given, then when it does again. Rejects when it is closed. */
  async write(message: Message): Promise<void> {
    if (!this.#output.writable) throw new Error("the stream is closed");
    const body = JSON.stringify(message);
    // Behind every promise that is settled by now, and what follows from it.
    if (this.#waiting === "") queueMicrotask(() => process.nextTick(() => this.#flush()));
    this.#waiting += `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    await this.#drained?.promise;
  }

  end(): void {
    this.#flush();
    this.#output.end();
  }

  #flush(): void {
    const bytes = this.#waiting;
    this.#waiting = "";
    if (bytes === "" || !this.#output.writable || this.#output.write(bytes)) return;
    this.#drained ??= Promise.withResolvers<void>();
  }

  #settle(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }
}
