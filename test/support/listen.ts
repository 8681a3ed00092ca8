/** Servers on loopback, each on a port that was free. */

import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";

/** Resolves with its host and port when it listens. */
export async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return hostOf(server);
}

/** Of one that listens already. */
export function hostOf(server: Server): string {
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
