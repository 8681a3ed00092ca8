/** A proxy that opens ways to one place, whatever it was asked for, or says no. */

import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";

export interface Proxy {
  readonly url: string;
  readonly asked: readonly string[];
  dispose(): void;
}

export async function startProxy(to: number | "refuses"): Promise<Proxy> {
  const asked: string[] = [];
  const open = new Set<Duplex>();
  const server = createServer();
  server.on("connect", (request, socket) => {
    asked.push(request.url ?? "");
    open.add(socket);
    if (to === "refuses") {
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    const onward = connect(to, "127.0.0.1", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    open.add(onward);
    onward.pipe(socket).pipe(onward);
    for (const end of [onward, socket]) end.on("error", () => end.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    dispose() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
