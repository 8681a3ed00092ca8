/** A proxy that notes every host it is asked for, and leads to places on loopback or says no. */

import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { hostOf, listen } from "./listen.ts";

/** `host:port` as asked for and as led to, all else being out of reach; one place for whatever is asked for; 403; or never a word. */
export type ProxyWays = ReadonlyMap<string, string> | { readonly all: string } | "refuses" | "hangs";

export class RecordingProxy {
  /** With ports, in the order in which they were asked for. */
  readonly hosts: string[] = [];
  readonly #server: Server;
  readonly #open = new Set<Duplex>();

  private constructor(ways: ProxyWays) {
    this.#server = createServer((_request, response) => response.writeHead(400).end());
    this.#server.on("connect", ({ url = "" }, client: Duplex) => {
      this.hosts.push(url);
      this.#hold(client);
      if (ways === "refuses") client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      else if (ways !== "hangs") this.#lead(client, "all" in ways ? ways.all : ways.get(url));
    });
  }

  static async start(ways: ProxyWays): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(ways);
    await listen(proxy.#server);
    return proxy;
  }

  get url(): string {
    return `http://${hostOf(this.#server)}`;
  }

  dispose(): void {
    for (const socket of this.#open) socket.destroy();
    this.#server.close();
  }

  #lead(client: Duplex, place: string | undefined): void {
    if (place === undefined) return void client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    const [host, port] = place.split(":");
    const socket = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(socket).pipe(client);
    });
    this.#hold(socket);
  }

  #hold(socket: Duplex): void {
    this.#open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#open.delete(socket));
  }
}
