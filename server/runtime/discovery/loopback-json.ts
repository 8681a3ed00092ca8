/** Asks a program on a local port one question; a stranger there learns nothing but the question's path. */

import http, { type IncomingMessage } from "node:http";
import https from "node:https";

export type JsonAnswer =
  | { readonly kind: "json"; readonly value: unknown }
  /** Something answers, but not with JSON. */
  | { readonly kind: "other" }
  /** Something listens, and says nothing in time. */
  | { readonly kind: "late" }
  | { readonly kind: "silent" };

/** Long enough for any program on this machine that is not stuck. */
const limitMs = 500;
const maxBytes = 4 * 1024 * 1024;

export async function askJson(url: URL, signal: AbortSignal): Promise<JsonAnswer> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const response = await get(url, limit).catch(() => undefined);
  if (!response) return { kind: limit.aborted && !signal.aborted ? "late" : "silent" };
  const text = await readText(response).catch(() => undefined);
  if (response.statusCode !== 200 || text === undefined) return { kind: "other" };
  try {
    return { kind: "json", value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: "other" };
    throw error;
  }
}

/** With an agent of its own: `fetch` and the usual agent go through a proxy where NODE_USE_ENV_PROXY says so. */
async function get(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const { request } = url.protocol === "https:" ? https : http;
  const agent = url.protocol === "https:" ? new https.Agent() : new http.Agent();
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(url, { agent, signal }, resolve).on("error", reject).end();
  return promise;
}

/** What a stream without an encoding gives. */
async function* chunksOf(response: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const chunk of response) if (Buffer.isBuffer(chunk)) yield chunk;
}

/** Undefined when the answer has no sane size. */
async function readText(response: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunksOf(response)) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
