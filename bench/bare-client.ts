/** HTTP with nothing around it: one connection, one request after the other, and a look for the first token. */

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
  #socket: Socket | undefined;

  /** Milliseconds; resolves when the answer is whole. */
  firstToken(request: BareRequest): Promise<number> {
    const to = new URL(request.url);
    const bytes = bytesOf(request, to);
    const socket = this.#connected(to);
    return new Promise((resolve, reject) => {
      let said = "";
      let first: number | undefined;
      const read = (part: Buffer) => {
        said += part.toString("latin1");
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
      socket.write(bytes);
    });
  }

  dispose(): void {
    this.#socket?.destroy();
  }

  /** llama-server closes a connection after a hundred requests. */
  #connected(to: URL): Socket {
    if (this.#socket && !this.#socket.destroyed && !this.#socket.readableEnded) return this.#socket;
    this.#socket = connect(Number(to.port), to.hostname).setNoDelay(true);
    return this.#socket;
  }
}

function bytesOf({ body }: BareRequest, to: URL): Buffer {
  const head = [
    `POST ${to.pathname} HTTP/1.1`,
    `host: ${to.host}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
}
