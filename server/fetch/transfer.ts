/**
 * Brings one file here: goes on where an earlier try stopped, hashes while it streams, and tries again what may
 * pass. Leaves the part in place however it ends; it is whole when this resolves.
 */

import type { Clock } from "../base/clock.ts";
import { FetchError, isPassing } from "./fetch-error.ts";
import type { PartFile } from "./part-file.ts";
import { withRetries } from "./retries.ts";
import { RateMeter, type TransferProgress } from "./transfer-progress.ts";
import { statusFailure, type WebAnswer, type WebClient } from "./web-client.ts";

export interface Transfer {
  readonly client: WebClient;
  readonly part: PartFile;
  readonly hosts: ReadonlySet<string>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onProgress: (progress: TransferProgress) => void;
  /** A connection that brings less than `leastBytes` within `ms` is given up. */
  readonly patience: Patience;
}

export interface Patience {
  readonly ms: number;
  readonly leastBytes: number;
  /** For all that a host is asked before there is something to confirm. */
  readonly lookUpMs: number;
}

export const usualPatience: Patience = { ms: 30_000, leastBytes: 4096, lookUpMs: 60_000 };

/** Closes the part, and returns the digest of all its bytes. Rejects with a FetchError, or with the signal's reason. */
export async function transferWhole(options: Transfer, signal: AbortSignal): Promise<string> {
  try {
    await transfer(options, signal);
  } catch (error) {
    await options.part.close();
    throw error;
  }
  return options.part.finish();
}

async function transfer(options: Transfer, signal: AbortSignal): Promise<void> {
  const { part, clock, random, onProgress, patience } = options;
  const { bytes: total } = part.state;
  const meter = new RateMeter(clock);
  let most = part.size;
  const retries = {
    clock,
    random,
    passes: isPassing,
    moved: () => {
      const moved = part.size >= most + patience.leastBytes;
      most = Math.max(most, part.size);
      return moved;
    },
    onWait: (remainingMs: number) => onProgress({ phase: "waiting", bytes: part.size, total, remainingMs }),
  };
  await withRetries(() => attempt(options, meter, signal), retries, signal);
}

async function attempt(options: Transfer, meter: RateMeter, signal: AbortSignal): Promise<void> {
  const { part, onProgress } = options;
  const { bytes: total, url } = part.state;
  if (part.size === total) return;
  const stalled = new AbortController();
  let { host } = new URL(url);
  const watch = new StallWatch(options, () => stalled.abort(new FetchError("too-slow", { values: [host] })));
  try {
    const answer = await openRest(options, AbortSignal.any([signal, stalled.signal]));
    ({ host } = answer.url);
    meter.note(part.size);
    await answer.read(async (piece) => {
      if (part.size + piece.length > total) throw await tooLong(part, answer, total);
      await part.append(piece);
      watch.note(piece.length);
      meter.note(part.size);
      onProgress(meter.progress(part.size, total));
    });
    if (part.size < total) throw new FetchError("broke-off", { values: [answer.url.host] });
  } finally {
    watch.dispose();
  }
}

async function tooLong(part: PartFile, { url }: WebAnswer, total: number): Promise<FetchError> {
  await part.restart();
  return new FetchError("wrong-size", { values: [url.host, `> ${total}`, total] });
}

/** The answer with what is missing. A host that cannot go on sends all of it, and we begin anew. */
async function openRest({ client, part, hosts }: Transfer, signal: AbortSignal): Promise<WebAnswer> {
  const { url: address, bytes: total, etag } = part.state;
  const url = new URL(address);
  const headers = {
    "accept-encoding": "identity",
    ...(part.size > 0 ? { range: `bytes=${part.size}-` } : {}),
    ...(part.size > 0 && etag !== undefined ? { "if-range": etag } : {}),
  };
  const reply = await client.open({ url, headers, hosts }, signal);
  if (reply.kind === "elsewhere")
    throw new FetchError("host-unconfirmed", { values: [reply.from.host, reply.url.host] });
  const { answer } = reply;
  try {
    await fit(answer, part, total);
  } catch (error) {
    answer.discard();
    throw error;
  }
  return answer;
}

/** Makes the part ready for what the answer brings, or throws. */
async function fit(answer: WebAnswer, part: PartFile, total: number): Promise<void> {
  const { status, url } = answer;
  const range = readContentRange(answer.header("content-range"));
  const whole = status === 206 ? range?.total : lengthOf(answer);
  if (status === 206 && range?.start === part.size && (whole ?? total) === total) return;
  if (status === 206 || status === 416) {
    // What is here and what is there do not fit together: the next try asks for all of it.
    await part.restart();
    throw new FetchError("broke-off", { values: [url.host] });
  }
  if (status !== 200) throw statusFailure(answer, url.pathname);
  if (whole !== undefined && whole !== total)
    throw new FetchError("wrong-size", { values: [url.host, whole, total] });
  if (part.size > 0) await part.restart();
  await part.noteTag(answer.header("etag"));
}

function lengthOf(answer: WebAnswer): number | undefined {
  const length = answer.header("content-length");
  return length === undefined ? undefined : Number(length);
}

interface ContentRange {
  readonly start: number;
  /** Undefined where the host does not know it. */
  readonly total: number | undefined;
}

function readContentRange(header: string | undefined): ContentRange | undefined {
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header ?? "") ?? [];
  if (start === undefined || total === undefined) return undefined;
  return { start: Number(start), total: total === "*" ? undefined : Number(total) };
}

/** Calls back when a window passes in which next to nothing came. */
class StallWatch {
  readonly #options: Pick<Transfer, "clock" | "patience">;
  readonly #onStall: () => void;
  #bytes = 0;
  #timer;

  constructor(options: Pick<Transfer, "clock" | "patience">, onStall: () => void) {
    this.#options = options;
    this.#onStall = onStall;
    this.#timer = this.#next();
  }

  note(bytes: number): void {
    this.#bytes += bytes;
  }

  dispose(): void {
    this.#timer.dispose();
  }

  #next() {
    const { clock, patience } = this.#options;
    this.#bytes = 0;
    return clock.after(patience.ms, () => {
      if (this.#bytes < patience.leastBytes) this.#onStall();
      else this.#timer = this.#next();
    });
  }
}
