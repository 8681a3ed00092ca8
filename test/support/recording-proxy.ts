/** A proxy that notes every host it is asked for, and leads the names it knows to places on loopback. */

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";

export class RecordingProxy {
  /** With ports, in the order in which they were asked for. */
  readonly hosts: string[] = [];
  readonly #server: Server;
  readonly #open = new Set<Duplex>();

  private constructor(places: ReadonlyMap<string, string>) {
    this.#server = createServer((_request, response) => response.writeHead(400).end());
    this.#server.on("connect", ({ url = "" }, client: Duplex) => {
      this.hosts.push(url);
      this.#lead(client, places.get(url));
    });
  }

  /** `places`: `host:port` as asked for, and as led to. */
  static async start(places: ReadonlyMap<string, string>): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(places);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  dispose(): void {
    for (const socket of this.#open) socket.destroy();
    this.#server.close();
  }

  #lead(client: Duplex, place: string | undefined): void {
    this.#hold(client);
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
