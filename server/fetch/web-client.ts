/**
 * The one door to hosts beyond this machine. Each request names the hosts that a person has confirmed, and no
 * other is ever looked up or connected to, wherever an answer may send us. Carries no credentials and no cookies.
 */

import { type Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { callbackify } from "node:util";
import { type Dispatcher, request as send } from "undici";
import { untilAborted } from "../base/abort.ts";
import type { Disposable } from "../base/disposable.ts";
import type { Proxies } from "../base/proxies.ts";
import { readRetryAfter } from "../base/retry-after.ts";
import { connectionFailure } from "./connection-failure.ts";
import { FetchError } from "./fetch-error.ts";
import { type RouteLimits, WebRoutes } from "./web-routes.ts";

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

const mostRedirects = 8;
/** A socket that has to wait joins what it holds to one piece, a copy more; so it waits seldom. */
const waitingBytes = 2 * 1024 * 1024;

export interface WebLimits extends RouteLimits {
  /** Until the headers of an answer are here, the connection and a proxy's word included. */
  readonly answerMs: number;
}

const usualLimits: WebLimits = { connectMs: 15_000, tunnelMs: 15_000, answerMs: 60_000 };

export class WebClient implements Disposable {
  readonly #routes: WebRoutes;
  readonly #answerMs: number;

  constructor(proxies: Proxies, limits: WebLimits = usualLimits) {
    this.#routes = new WebRoutes(proxies, limits);
    this.#answerMs = limits.answerMs;
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
    throw new FetchError("circular", { values: [request.url.host] });
  }

  dispose(): void {
    this.#routes.dispose();
  }

  async #send(
    url: URL,
    options: { readonly method: "GET" | "HEAD"; readonly headers: Readonly<Record<string, string>> },
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const { agent: dispatcher, proxy } = this.#routes.to(url);
    const late = new AbortController();
    const limit = AbortSignal.any([signal, late.signal]);
    const timer = setTimeout(() => late.abort(), this.#answerMs);
    try {
      // undici hears an abort only once there is a connection, and a proxy may never give one.
      const response = await untilAborted(send(url, { ...options, dispatcher, signal: limit }), limit);
      if (response) return response;
    } catch (error) {
      if (!limit.aborted) throw connectionFailure(url, proxy, error);
    } finally {
      clearTimeout(timer);
    }
    throw signal.aborted ? signal.reason : new FetchError("too-slow", { values: [url.host] });
  }
}

/** Every answer of a status that is no success, as what it means. `what` was asked for. */
export function statusFailure({ status, url, header }: WebAnswer, what: string): FetchError {
  const { host } = url;
  if (status === 401 || status === 403) return new FetchError("forbidden", { values: [host, what] });
  if (status === 404 || status === 410) return new FetchError("not-found", { values: [host, what] });
  if (status === 429 || status === 503) {
    const retryAfterMs = readRetryAfter(header("retry-after"), Date.now());
    const seconds = Math.ceil((retryAfterMs ?? 0) / 1000);
    return new FetchError("busy", { values: seconds > 0 ? [host, seconds] : [host], retryAfterMs });
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
  // The origin of an address without a host is no more than "null".
  const to = url.origin === "null" ? url.protocol : url.origin;
  if (!fits) throw new FetchError("host-unconfirmed", { values: [from.host, to] });
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
  let taking = Promise.resolve();
  const taken = callbackify((piece: Buffer) => {
    taking = take(piece).then(() => release(piece));
    return taking;
  });
  const write = (piece: Buffer, _encoding: string, done: (error?: Error | null) => void) =>
    taken(piece, done);
  try {
    // By events: whoever iterates gets copies of several pieces in one, of which the collector sees little.
    await pipeline(body, new Writable({ highWaterMark: waitingBytes, write }));
  } catch (error) {
    // A connection that breaks does not wait for the piece that came last: nobody goes on before it is where it belongs.
    await taking.catch(() => undefined);
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
