/**
 * A registry of Ollama's models on loopback, with one model of one file; it notes what was asked of it. As the real
 * one it sends whoever wants a file on to a store of another name, without which Ollama fetches nothing.
 */

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { hostOf, listen } from "./listen.ts";

export class OllamaRegistry {
  /** Method and path. */
  readonly seen: string[] = [];
  readonly #server: Server;
  readonly #blobs: ReadonlyMap<string, Buffer>;
  readonly #manifest: Buffer;

  private constructor(weights: Buffer) {
    const config = Buffer.from(JSON.stringify({ model_format: "gguf", model_family: "qwen2" }));
    const layer = (mediaType: string, bytes: Buffer) => ({
      mediaType: `application/vnd.${mediaType}`,
      digest: digestOf(bytes),
      size: bytes.length,
    });
    this.#blobs = new Map([weights, config].map((bytes) => [digestOf(bytes), bytes]));
    this.#manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: "application/vnd.docker.distribution.manifest.v2+json",
        config: layer("docker.container.image.v1+json", config),
        layers: [layer("ollama.image.model", weights)],
      }),
    );
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(weights: Buffer): Promise<OllamaRegistry> {
    const registry = new OllamaRegistry(weights);
    await listen(registry.#server);
    return registry;
  }

  get host(): string {
    return hostOf(this.#server);
  }

  get storeHost(): string {
    return this.host.replace("127.0.0.1", "localhost");
  }

  /** As Ollama takes it. */
  get model(): string {
    return `${this.host}/library/tiny:1b`;
  }

  dispose(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer({ method = "", url = "", headers }: IncomingMessage, response: ServerResponse): void {
    this.seen.push(`${method} ${url}`);
    const [, place, digest] = /^\/(v2\/library\/tiny\/blobs|store)\/(sha256:[0-9a-f]+)$/.exec(url) ?? [];
    if (place?.startsWith("v2"))
      return void response.writeHead(307, { location: `http://${this.storeHost}/store/${digest}` }).end();
    const bytes = url === "/v2/library/tiny/manifests/1b" ? this.#manifest : this.#blobs.get(digest ?? "");
    if (!bytes) return void response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
    const [, from = "0", to = `${bytes.length - 1}`] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
    const piece = bytes.subarray(Number(from), Number(to || bytes.length - 1) + 1);
    const range = { "content-range": `bytes ${from}-${Number(from) + piece.length - 1}/${bytes.length}` };
    response.writeHead(headers.range ? 206 : 200, {
      "content-length": piece.length,
      ...(headers.range ? range : {}),
    });
    response.end(method === "HEAD" ? undefined : piece);
  }
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
