/** A registry of npm on loopback that has the archives it was given, and knows ranges. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { hostOf, listen } from "./listen.ts";

/** What happens to the next request, once. */
export type RegistryFault =
  /** The connection breaks after so many bytes. */
  | { readonly kind: "break"; readonly after: number }
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "redirect"; readonly to: string };

export class PackageRegistry {
  readonly faults: RegistryFault[] = [];
  /** `PATH` or `PATH RANGE`. */
  readonly seen: string[] = [];
  readonly #archives: ReadonlyMap<string, Buffer>;
  readonly #server: Server;

  private constructor(archives: ReadonlyMap<string, Buffer>) {
    this.#archives = archives;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** Each archive by the name of its package; all are of one version. */
  static async start(
    archives: Readonly<Record<string, Buffer>>,
    version = "1.0.0",
  ): Promise<PackageRegistry> {
    const byPath = Object.entries(archives).map(
      ([name, bytes]) => [`/${name}/-/${name.split("/").at(-1)}-${version}.tgz`, bytes] as const,
    );
    const registry = new PackageRegistry(new Map(byPath));
    await listen(registry.#server);
    return registry;
  }

  get url(): string {
    return `http://${hostOf(this.#server)}`;
  }

  dispose(): void {
    this.#server.close().closeAllConnections();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { url = "", headers } = request;
    this.seen.push([url, headers.range].filter(Boolean).join(" "));
    const fault = this.faults.shift();
    const bytes = this.#archives.get(url);
    if (fault?.kind === "status") return void response.writeHead(fault.status).end();
    if (fault?.kind === "redirect") return void response.writeHead(302, { location: fault.to }).end();
    if (!bytes) return void response.writeHead(404).end();
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
    const rest = bytes.subarray(from);
    const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
    response.writeHead(from > 0 ? 206 : 200, {
      "content-length": rest.length,
      ...(from > 0 ? { "content-range": range } : {}),
    });
    if (fault?.kind === "break") response.write(rest.subarray(0, fault.after), () => response.destroy());
    else response.end(rest);
  }
}
