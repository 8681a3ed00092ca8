/** One question to one host that answers in JSON, and nowhere else whatever it says. */

import * as v from "valibot";
import { FetchError } from "./fetch-error.ts";
import { statusFailure, type WebAnswer, type WebClient } from "./web-client.ts";

export interface JsonQuestion<Schema extends v.GenericSchema> {
  readonly url: URL;
  /** The one that may be spoken to, with its port: an address that a host names may be of another one. */
  readonly host: string;
  /** The type of the answer; left out: JSON. */
  readonly accept?: string;
  readonly schema: Schema;
  /** What is asked about, as errors name it. */
  readonly what: string;
}

export interface JsonAnswer<Schema extends v.GenericSchema> {
  readonly value: v.InferOutput<Schema>;
  readonly header: WebAnswer["header"];
  /** Where it came from in the end. */
  readonly url: URL;
}

/** The largest lists of a thousand files have a few hundred kilobytes. */
const mostBytes = 4 * 1024 * 1024;

/** Rejects with a FetchError, or with the signal's reason. */
export async function askJson<Schema extends v.GenericSchema>(
  client: WebClient,
  { url, host, accept = "application/json", schema, what }: JsonQuestion<Schema>,
  signal: AbortSignal,
): Promise<JsonAnswer<Schema>> {
  const reply = await client.open({ url, headers: { accept }, hosts: new Set([host]) }, signal);
  if (reply.kind === "elsewhere")
    throw new FetchError("host-unconfirmed", { values: [host, reply.url.host] });
  const { answer } = reply;
  if (answer.status !== 200) {
    answer.discard();
    throw statusFailure(answer, what);
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), await textOf(answer));
  if (!parsed.success) throw new FetchError("stranger", { values: [answer.url.host] });
  return { value: parsed.output, header: answer.header, url: answer.url };
}

async function textOf({ read, url }: WebAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  await read(async (piece) => {
    size += piece.length;
    if (size > mostBytes) throw new FetchError("stranger", { values: [url.host] });
    // Whoever reads gives the piece's memory back.
    chunks.push(Buffer.from(piece));
  });
  return Buffer.concat(chunks).toString("utf8");
}
