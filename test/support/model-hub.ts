/**
 * A repository of models as Hugging Face serves one, on loopback: the API, a front that sends on to a store, and a
 * store that knows ranges. What a test puts into `faults` happens to the next requests for the file, one each.
 */

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { hostOf, listen } from "./listen.ts";

/** Seen of real hosts, in front of their stores or between them and us. */
export type Fault =
  /** An answer with this status, and headers such as Retry-After. */
  | { readonly kind: "status"; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** The connection breaks after so many bytes. */
  | { readonly kind: "break"; readonly after: number }
  /** After so many bytes comes nothing, and the connection stays open. */
  | { readonly kind: "stall"; readonly after: number }
  /** Ranges are not known here: all of it comes. */
  | { readonly kind: "no-ranges" }
  /** A range other than the one asked for. */
  | { readonly kind: "wrong-range" }
  /** Another file of the same length. */
  | { readonly kind: "other-bytes" }
  /** Without a length, and longer than promised. */
  | { readonly kind: "endless" }
  /** Sent on to another address. */
  | { readonly kind: "redirect"; readonly to: string };

export interface SeenRequest {
  readonly server: "front" | "store";
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

export interface HubOptions {
  readonly bytes: Buffer;
  readonly file?: string;
  /** More files of the repository. */
  readonly others?: readonly { readonly file: string; readonly bytes: Buffer }[];
  readonly licence?: string;
  /** What else its card says. */
  readonly card?: Readonly<Record<string, string>>;
  /** What the API says, where it is not the truth. */
  readonly promised?: { readonly sha256?: string; readonly size?: number };
  /** Bytes a second. */
  readonly rate?: number;
  /** Where the first page of the list of files leads; the page there is its last. */
  readonly next?: string;
  /** What the list of files is, in place of the true one. */
  readonly listed?: readonly object[];
  /** What is said of the repository begins to come, and never ends. */
  readonly drips?: boolean;
  /** The name under which the store is to be found, where it has one. */
  readonly storeName?: string;
}

interface HubFile {
  readonly file: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

export class ModelHub {
  readonly faults: Fault[] = [];
  readonly seen: SeenRequest[] = [];
  readonly repository = "maker/model-GGUF";
  readonly revision = "0123456789abcdef0123456789abcdef01234567";
  readonly sha256: string;
  readonly file: string;
  readonly #options: HubOptions;
  readonly #files: readonly HubFile[];
  readonly #front: Server;
  readonly #store: Server;

  private constructor(options: HubOptions) {
    this.#options = options;
    this.file = options.file ?? "model-q8_0.gguf";
    this.#files = [{ file: this.file, bytes: options.bytes }, ...(options.others ?? [])].map(
      ({ file, bytes }) => ({ file, bytes, sha256: createHash("sha256").update(bytes).digest("hex") }),
    );
    this.sha256 = this.#files[0]?.sha256 ?? "";
    this.#front = createServer((request, response) => this.#answerFront(request, response));
    this.#store = createServer((request, response) => void this.#answerStore(request, response));
  }

  static async start(options: HubOptions): Promise<ModelHub> {
    const hub = new ModelHub(options);
    await Promise.all([hub.#front, hub.#store].map(listen));
    return hub;
  }

  get url(): string {
    return `http://${hostOf(this.#front)}`;
  }

  get storeHost(): string {
    return hostOf(this.#store);
  }

  get name(): string {
    return `${this.repository}/${this.file}`;
  }

  /** Requests for the bytes themselves. */
  get gets(): readonly SeenRequest[] {
    return this.seen.filter(({ server, method }) => server === "store" && method === "GET");
  }

  dispose(): void {
    for (const server of [this.#front, this.#store]) {
      server.closeAllConnections();
      server.close();
    }
  }

  #answerFront(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? "";
    this.#see("front", request);
    const api = `/api/models/${this.repository}`;
    const { licence = "apache-2.0", card, storeName = this.storeHost, drips = false } = this.#options;
    const resolve = `/${this.repository}/resolve/${this.revision}/`;
    const wanted = this.#files.find(({ file }) => path === resolve + file);
    if (drips) response.writeHead(200).write(" ");
    else if (path === `${api}/revision/main`)
      json(response, { sha: this.revision, cardData: { license: licence, ...card }, tags: [] });
    else if (path.startsWith(`${api}/tree/${this.revision}`)) {
      const { next, listed } = this.#options;
      if (next !== undefined && !path.includes("cursor="))
        response.setHeader("link", `<${next}>; rel="next"`);
      json(response, listed ?? this.#list());
    } else if (wanted) {
      const location = `http://${storeName}/blobs/${wanted.sha256}?signed=1`;
      response.writeHead(302, { location, "x-linked-size": wanted.bytes.length }).end();
    } else response.writeHead(404, { "content-type": "application/json" }).end('{"error":"not found"}');
  }

  #list(): readonly object[] {
    return [
      { type: "directory", path: "docs", size: 0 },
      { type: "file", path: "README.md", size: 12 },
      ...this.#files.map((file, index) => this.#listed(file, index === 0)),
    ];
  }

  #listed({ file, bytes, sha256 }: HubFile, isFirst: boolean): object {
    const { promised = {} } = isFirst ? this.#options : {};
    const size = promised.size ?? bytes.length;
    return {
      type: "file",
      path: file,
      size,
      lfs: { oid: promised.sha256 ?? sha256, size, pointerSize: 135 },
    };
  }

  async #answerStore(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#see("store", request);
    const fault = request.method === "GET" ? this.faults.shift() : undefined;
    const { bytes } = this.#wanted(request);
    if (fault?.kind === "status") response.writeHead(fault.status, fault.headers).end();
    else if (fault?.kind === "redirect") response.writeHead(302, { location: fault.to }).end();
    else if (fault?.kind === "endless") {
      response.writeHead(200);
      for (let sent = 0; sent <= bytes.length; sent += 65_536) response.write(Buffer.alloc(65_536));
      response.end();
    } else await this.#serve(request, response, fault);
  }

  async #serve(request: IncomingMessage, response: ServerResponse, fault: Fault | undefined): Promise<void> {
    const { rate } = this.#options;
    const { bytes, sha256 } = this.#wanted(request);
    const body = fault?.kind === "other-bytes" ? Buffer.alloc(bytes.length, 7) : bytes;
    const etag = `"${sha256}"`;
    const range = fault?.kind === "no-ranges" ? undefined : this.#rangeOf(request, etag);
    const start = (range ?? 0) + (fault?.kind === "wrong-range" ? 1 : 0);
    if (start >= body.length) {
      response.writeHead(416, { "content-range": `bytes */${body.length}` }).end();
      return;
    }
    const rest = body.subarray(start);
    const headers = { etag, "accept-ranges": "bytes", "content-length": rest.length };
    const contentRange = `bytes ${start}-${body.length - 1}/${body.length}`;
    if (range === undefined) response.writeHead(200, headers);
    else response.writeHead(206, { ...headers, "content-range": contentRange });
    if (fault?.kind === "break") response.write(rest.subarray(0, fault.after), () => response.destroy());
    else if (fault?.kind === "stall") response.write(rest.subarray(0, fault.after));
    else if (rate === undefined) response.end(rest);
    else await this.#drip(response, rest, rate);
  }

  /** What the address names; the first file where it names none. */
  #wanted({ url = "" }: IncomingMessage): HubFile {
    const found = this.#files.find(({ sha256 }) => url.includes(sha256)) ?? this.#files[0];
    if (!found) throw new Error("The hub has no file.");
    return found;
  }

  #rangeOf(request: IncomingMessage, etag: string): number | undefined {
    const condition = request.headers["if-range"];
    const start = /^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1];
    if (start === undefined || (condition !== undefined && condition !== etag)) return undefined;
    return Number(start);
  }

  async #drip(response: ServerResponse, bytes: Buffer, rate: number): Promise<void> {
    const piece = Math.ceil(rate / 50);
    for (let at = 0; at < bytes.length && !response.destroyed; at += piece) {
      response.write(bytes.subarray(at, at + piece));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    response.end();
  }

  #see(server: SeenRequest["server"], { method = "", url = "", headers }: IncomingMessage): void {
    this.seen.push({ server, method, path: url, headers });
  }
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}
