/** HTTP with nothing around it: one connection, one request over and over, and a look for the first token. */

import { connect, type Socket } from "node:net";

export interface BareRequest {
  readonly url: string;
  readonly body: string;
}

/** What begins the first event or line of an answer that streams. */
const token = /data:|\{"model"/;
/** What ends the last chunk. */
const end = "\r\n0\r\n\r\n";

export class BareClient {
  readonly #bytes: Buffer;
  readonly #to: URL;
  #socket: Socket | undefined;

  constructor({ url, body }: BareRequest) {
    this.#to = new URL(url);
    const head = [
      `POST ${this.#to.pathname} HTTP/1.1`,
      `host: ${this.#to.host}`,
      "content-type: application/json",
      `content-length: ${Buffer.byteLength(body)}`,
    ];
    this.#bytes = Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
  }

  /** Milliseconds; resolves when the answer is whole. */
  firstToken(): Promise<number> {
    const socket = this.#connected();
    return new Promise((resolve, reject) => {
      let said = "";
      let first: number | undefined;
      const read = (bytes: Buffer) => {
        said += bytes.toString("latin1");
        if (token.test(said)) first ??= performance.now() - asked;
        if (first === undefined || !said.endsWith(end)) return;
        socket.off("data", read);
        socket.off("close", lost);
        resolve(first);
      };
      const lost = () => reject(new Error(`the connection was closed after ${JSON.stringify(said)}`));
      socket.on("data", read);
      socket.once("close", lost);
      const asked = performance.now();
      socket.write(this.#bytes);
    });
  }

  dispose(): void {
    this.#socket?.destroy();
  }

  /** llama-server closes a connection after a hundred requests. */
  #connected(): Socket {
    if (this.#socket && !this.#socket.destroyed && !this.#socket.readableEnded) return this.#socket;
    this.#socket = connect(Number(this.#to.port), this.#to.hostname).setNoDelay(true);
    return this.#socket;
  }
}
