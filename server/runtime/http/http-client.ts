/**
 * The one door to a runtime that is spoken to over HTTP: one origin, bounded answers, aborts that close the
 * connection, and every failure as a RuntimeError. Nothing is tried twice here but
 * what met a connection that was just being closed.
 */

import type { LookupFunction } from "node:net";
import { Agent, type Dispatcher, Pool, ProxyAgent, request as send } from "undici";
import * as v from "valibot";
import { untilAborted } from "../../base/abort.ts";
import type { Disposable } from "../../base/disposable.ts";
import { RuntimeError, type RuntimeErrorCode } from "../../model/runtime-error.ts";
import { concealing } from "./conceal.ts";
import {
  connectionError,
  endlessError,
  isBrokenOff,
  saidError,
  statusError,
  strangerError,
} from "./http-errors.ts";
import { patientLookup } from "./patient-lookup.ts";
import { proxyFor } from "./proxy.ts";
import { tlsAlert } from "./tls-alert.ts";

export interface TlsFiles {
  /** PEM texts: whom alone to trust (left out: the authorities that Node.js comes with), and who we are. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface HttpClientOptions {
  readonly url: string;
  /** How errors name the runtime, such as `Ollama`. */
  readonly name: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: TlsFiles;
  /** The address of the proxy that leads there, empty for none; left out: as our own environment names it. */
  readonly proxy?: string;
  /** Who knows the addresses of names; left out: the system. */
  readonly lookup?: LookupFunction;
}

export interface HttpRequest {
  readonly method?: "GET" | "POST" | "DELETE";
  /** Below the path of the client's URL. */
  readonly path: string;
  readonly body?: unknown;
}

export interface JsonRequest<Schema extends v.GenericSchema> extends HttpRequest {
  readonly schema: Schema;
  /** Milliseconds until the answer must be there. */
  readonly limitMs: number;
  /** Left out: 16 MiB. */
  readonly mostBytes?: number;
}

const connectMs = 5000;
/** Until a proxy says whether it leads to the server. */
const tunnelMs = 5000;
/** Until an answer that says no is read to its end; its status says enough. */
const refusalMs = 2000;
const mostJsonBytes = 16 * 1024 * 1024;
const mostErrorBytes = 64 * 1024;

export class HttpClient implements Disposable {
  readonly name: string;
  /** Ends with a slash. */
  readonly url: URL;
  /** Makes what we confide to the server unreadable in what it says. */
  readonly conceal: (words: string) => string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #tls: TlsFiles;
  readonly #proxy: URL | undefined;
  readonly #agent: Dispatcher;

  /** Throws a RuntimeError where the environment names a proxy that is none. */
  constructor({ url, name, headers = {}, tls = {}, proxy, lookup }: HttpClientOptions) {
    this.name = name;
    this.url = new URL(url.endsWith("/") ? url : `${url}/`);
    this.conceal = concealing(Object.values(headers));
    this.#headers = { ...headers, accept: "application/json, text/event-stream" };
    this.#tls = tls;
    this.#proxy = proxy === undefined ? proxyFor(this.url, process.env) : optionalUrl(proxy);
    this.#agent = agentFor(this.#proxy, { ...tls, lookup: patientLookup(lookup) });
  }

  /** Asks for one JSON answer. Rejects with a RuntimeError, or with the signal's reason. */
  async json<Schema extends v.GenericSchema>(
    { schema, limitMs, mostBytes = mostJsonBytes, ...request }: JsonRequest<Schema>,
    signal: AbortSignal,
  ): Promise<v.InferOutput<Schema>> {
    const limit = AbortSignal.timeout(limitMs);
    const { body } = await this.#send(request, AbortSignal.any([signal, limit]), signal);
    const text = await this.#reading(() => this.#text(body, mostBytes), signal);
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
    if (!parsed.success) throw strangerError(this.name, this.url);
    return parsed.output;
  }

  /** Yields the text of the answer as it comes. Ends without a word when `signal` aborts: the connection is closed. */
  async *stream(request: HttpRequest, signal: AbortSignal): AsyncGenerator<string, void> {
    const { body } = await this.#send(request, signal, signal);
    const decoder = new TextDecoder();
    const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
    let ended = false;
    try {
      for (;;) {
        const next = await this.#reading(() => chunks.next(), signal);
        ended = next.done ?? false;
        if (next.done) break;
        yield decoder.decode(next.value, { stream: true });
      }
    } finally {
      if (!ended) void letGo(chunks, body);
    }
    const rest = decoder.decode();
    if (rest !== "") yield rest;
  }

  /** What it says went wrong, in an answer that began well. */
  saidError(words: string, fallback: RuntimeErrorCode): RuntimeError {
    return saidError(this.name, this.conceal(words), fallback);
  }

  dispose(): void {
    void this.#agent.destroy();
  }

  async #send(
    { method = "GET", path, body }: HttpRequest,
    limit: AbortSignal,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const url = new URL(path, this.url);
    const json = body === undefined ? {} : { "content-type": "application/json" };
    const options = {
      method,
      headers: { ...this.#headers, ...json },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      dispatcher: this.#agent,
      signal: limit,
    };
    const ask = () => this.#answer(() => onceMore(() => orAborted(send(url, options), limit)));
    const response = await this.#reading(ask, signal);
    if (response.statusCode < 300) return response;
    throw statusError({
      name: this.name,
      url: this.url,
      status: response.statusCode,
      text: await this.#reading(() => this.#refusal(response.body), signal),
      conceal: this.conceal,
      retryAfter: headerOf(response, "retry-after"),
    });
  }

  /** Where a connection ends before an answer, TLS may know why. A proxy is not gone around to ask it. */
  async #answer<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (this.url.protocol !== "https:" || this.#proxy || !isBrokenOff(error)) throw error;
      throw (await tlsAlert(this.url, { ...this.#tls, ...believeNobody })) ?? error;
    }
  }

  /** What fails on the way is told as a RuntimeError; an abort keeps its own reason. */
  async #reading<T>(step: () => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await step();
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof RuntimeError) throw error;
      throw connectionError(this.name, { origin: this.url.origin, proxy: this.#proxy }, error);
    }
  }

  /** Empty where it does not come to an end in time. */
  async #refusal(body: Dispatcher.ResponseData["body"]): Promise<string> {
    const limit = AbortSignal.timeout(refusalMs);
    const text = await untilAborted(this.#text(body, mostErrorBytes), limit);
    if (text === undefined) body.destroy();
    return text ?? "";
  }

  async #text(body: AsyncIterable<Uint8Array>, most: number): Promise<string> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of body) {
      size += chunk.length;
      if (size > most) throw endlessError(this.name, this.url);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  }
}

/** Said aloud, or NODE_TLS_REJECT_UNAUTHORIZED could say otherwise. */
const believeNobody = { rejectUnauthorized: true, minVersion: "TLSv1.3" } as const;

function agentFor(proxy: URL | undefined, own: TlsFiles & { readonly lookup: LookupFunction }): Dispatcher {
  const connect = { timeout: connectMs, ...own, ...believeNobody };
  // A model may think for minutes before its first token, and between two.
  const options = { headersTimeout: 0, bodyTimeout: 0, connect, pipelining: 1 };
  if (!proxy) return new Agent(options);
  const { lookup } = own;
  const proxyTls = { timeout: connectMs, lookup, ...believeNobody };
  return new ProxyAgent({
    ...options,
    uri: proxy.href,
    requestTls: connect,
    proxyTls,
    clientFactory: tunnelTo,
  });
}

function optionalUrl(address: string): URL | undefined {
  return address === "" ? undefined : new URL(address);
}

function tunnelTo(proxy: URL, options: object): Dispatcher {
  return new Pool(proxy, { ...options, headersTimeout: tunnelMs });
}

/** How long, and for how many chunks, the end of an answer is waited for that nobody reads any more. */
const letGoMs = 100;
const letGoChunks = 4;

/** After the last event there is only the end: read, it leaves the connection for the next request. */
async function letGo(
  chunks: AsyncIterator<Uint8Array>,
  body: Dispatcher.ResponseData["body"],
): Promise<void> {
  const limit = setTimeout(() => body.destroy(), letGoMs);
  try {
    for (let read = 0; read < letGoChunks; read++) if ((await chunks.next()).done) return;
    body.destroy();
  } catch {
    // It was closed while it was read, which is what was wanted.
    body.destroy();
  } finally {
    clearTimeout(limit);
  }
}

/**
 * A server may close a connection that it kept open just when the next request goes out on it; llama-server does so
 * after a hundred. No byte of an answer has come then, and what a runtime is asked changes nothing: it is asked
 * again, once.
 */
async function onceMore<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isBrokenOff(error)) throw error;
    return await ask();
  }
}

/** undici hears an abort only once the request is on a connection; a proxy may never give one. */
async function orAborted<T extends object>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const given = await untilAborted(answer, signal);
  if (given === undefined) throw signal.reason;
  return given;
}

function headerOf({ headers }: Dispatcher.ResponseData, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
}
