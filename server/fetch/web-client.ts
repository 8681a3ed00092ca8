/**
 * The one door to hosts beyond this machine. Each request names the hosts that a person has confirmed, and no
 * other is ever looked up or connected to, wherever an answer may send us. Carries no credentials and no cookies.
 */

import { type Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { callbackify } from "node:util";
import { type Dispatcher, EnvHttpProxyAgent, request as send } from "undici";
import type { Disposable } from "../base/disposable.ts";
import { errorCode } from "../base/error-code.ts";
import { readRetryAfter } from "../base/retry-after.ts";
import { FetchError } from "./fetch-error.ts";
import type { ProxySettings } from "./proxy-settings.ts";

export interface WebRequest {
  readonly url: URL;
  readonly method?: "GET" | "HEAD";
  readonly headers?: Readonly<Record<string, string>>;
  /** With their ports, as `URL.host` gives them. */
  readonly hosts: ReadonlySet<string>;
}

export interface WebAnswer {
  readonly status: number;
  /** Where it came from in the end. */
  readonly url: URL;
  readonly header: (name: string) => string | undefined;
  /**
   * Hands over what comes, a piece at a time, none before the last one is taken; a piece is gone when `take` has
   * resolved. Rejects with a FetchError, also one of `take`'s, or with the signal's reason.
   */
  readonly read: (take: (piece: Uint8Array) => Promise<void>) => Promise<void>;
  /** For an answer that is not read to its end. */
  discard(): void;
}

/** An answer, or the address beyond the hosts allowed to which we were sent. */
export type WebReply =
  | { readonly kind: "answer"; readonly answer: WebAnswer }
  | { readonly kind: "elsewhere"; readonly from: URL; readonly url: URL };

const connectMs = 15_000;
const headersMs = 60_000;
const mostRedirects = 8;
/** A socket that has to wait joins what it holds to one piece, a copy more; so it waits seldom. */
const waitingBytes = 2 * 1024 * 1024;

export class WebClient implements Disposable {
  readonly #agent: EnvHttpProxyAgent;

  constructor(proxy: ProxySettings) {
    this.#agent = new EnvHttpProxyAgent({
      ...proxy,
      connect: { timeout: connectMs },
      headersTimeout: headersMs,
      // A body that stalls is the reader's to judge.
      bodyTimeout: 0,
      pipelining: 1,
    });
  }

  /** Rejects with a FetchError, or with the signal's reason. */
  async open(request: WebRequest, signal: AbortSignal): Promise<WebReply> {
    const { hosts, method = "GET", headers = {} } = request;
    let { url } = request;
    for (let redirects = 0; redirects <= mostRedirects; redirects++) {
      if (!hosts.has(url.host)) return { kind: "elsewhere", from: request.url, url };
      const response = await this.#send(url, { method, headers }, signal);
      const location = headerOf(response, "location");
      if (!isRedirect(response.statusCode) || location === undefined)
        return { kind: "answer", answer: answerOf(response, url, signal) };
      drop(response.body);
      url = redirected(url, location);
    }
    throw new FetchError("refused", { values: [url.host, "310"] });
  }

  dispose(): void {
    void this.#agent.destroy();
  }

  async #send(
    url: URL,
    options: { readonly method: "GET" | "HEAD"; readonly headers: Readonly<Record<string, string>> },
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    try {
      return await send(url, { ...options, dispatcher: this.#agent, signal });
    } catch (error) {
      throw signal.aborted ? signal.reason : connectionFailure(url, error);
    }
  }
}

/** Every answer of a status that is no success, as what it means. `what` was asked for. */
export function statusFailure({ status, url, header }: WebAnswer, what: string): FetchError {
  const { host } = url;
  if (status === 401 || status === 403) return new FetchError("forbidden", { values: [host, what] });
  if (status === 404 || status === 410) return new FetchError("not-found", { values: [host, what] });
  if (status === 429 || status === 503) {
    const retryAfterMs = readRetryAfter(header("retry-after"), Date.now());
    const seconds = retryAfterMs === undefined ? "?" : Math.ceil(retryAfterMs / 1000);
    return new FetchError("busy", { values: [host, seconds], retryAfterMs });
  }
  return new FetchError(status >= 500 ? "server-failed" : "refused", { values: [host, status] });
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** What was asked for in secret is never fetched in the clear. */
function redirected(from: URL, location: string): URL {
  if (!URL.canParse(location, from.href)) throw new FetchError("stranger", { values: [from.host] });
  const url = new URL(location, from);
  const fits = url.protocol === "https:" || (url.protocol === "http:" && from.protocol === "http:");
  if (!fits) throw new FetchError("host-unconfirmed", { values: [from.host, url.origin] });
  // An address may carry a name and a password; ours carries none.
  url.username = "";
  url.password = "";
  return url;
}

function answerOf(response: Dispatcher.ResponseData, url: URL, signal: AbortSignal): WebAnswer {
  const { body, statusCode: status } = response;
  return {
    status,
    url,
    header: (name) => headerOf(response, name),
    read: (take) => readAll(body, take, { url, signal }),
    discard: () => drop(body),
  };
}

/** Ends the connection; the failure that this is to undici was asked for. */
function drop(body: Dispatcher.ResponseData["body"]): void {
  body.once("error", () => body.removeAllListeners());
  body.destroy();
}

interface Reading {
  readonly url: URL;
  readonly signal: AbortSignal;
}

async function readAll(
  body: Readable,
  take: (piece: Uint8Array) => Promise<void>,
  { url, signal }: Reading,
): Promise<void> {
  const taken = callbackify(async (piece: Buffer) => {
    await take(piece);
    release(piece);
  });
  const write = (piece: Buffer, _encoding: string, done: (error?: Error | null) => void) =>
    taken(piece, done);
  try {
    // By events: whoever iterates gets copies of several pieces in one, of which the collector sees little.
    await pipeline(body, new Writable({ highWaterMark: waitingBytes, write }));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof FetchError
      ? error
      : new FetchError("broke-off", { values: [url.host], cause: error });
  }
}

/**
 * Gives the memory back at once. Left to the collector, to which a piece of 64 kB is one small object, a hundred
 * megabytes of them gather before it looks. What shares its memory with another piece stays.
 */
function release({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) buffer.transfer(0);
}

function headerOf({ headers }: Dispatcher.ResponseData, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
}

function connectionFailure({ host }: URL, cause: unknown): FetchError {
  const why = reasonOf(cause);
  if (/CERT|TLS|SSL|SELF_SIGNED|VERIFY/i.test(why))
    return new FetchError("untrusted", { values: [host, why], cause });
  return new FetchError("unreachable", { values: [host, why], cause });
}

/** Node and undici each name the cause elsewhere. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const known = errorCode(error);
  // A proxy that refuses is told in words alone.
  if (known !== undefined && known !== "UND_ERR_ABORTED") return known;
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return error.message;
}
