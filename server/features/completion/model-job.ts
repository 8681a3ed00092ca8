/**
 * One request to the model, owned by the completion service rather than by the request that began it:
 * a later request that its answer still fits joins it; one that it does not fit ends it.
 */

import type { Clock } from "../../base/clock.ts";
import type { InfillRequest, ModelRuntime, StreamPart, Usage } from "../../model/model-runtime.ts";
import { type RuntimeError, toRuntimeError } from "../../model/runtime-error.ts";
import type { Snapshot } from "../../text/snapshot.ts";
import { earlyStop, type StopPlace } from "./early-stop.ts";

export type JobResult =
  | { readonly kind: "done"; readonly text: string; readonly timings: JobTimings; readonly usage?: Usage }
  | { readonly kind: "aborted" }
  | { readonly kind: "failed"; readonly error: RuntimeError };

/** Milliseconds on the clock at which the request left, its first token came, and its last. */
export interface JobTimings {
  readonly sent: number;
  readonly firstToken: number;
  readonly lastToken: number;
}

export interface JobOptions {
  readonly runtime: ModelRuntime;
  readonly request: InfillRequest;
  readonly snapshot: Snapshot;
  readonly offset: number;
  readonly place: StopPlace;
  readonly clock: Clock;
}

/** How long an answer that has ended early waits for the runtime's account of its tokens. */
const usageWaitMs = 20;
/** Characters on each side that must be unchanged for the answer to fit still. */
const fitChars = 512;

export class ModelJob {
  readonly result: Promise<JobResult>;
  readonly #options: JobOptions;
  readonly #abort = new AbortController();
  #text = "";
  #streaming = true;

  constructor(options: JobOptions) {
    this.#options = options;
    this.result = this.#run().finally(() => {
      this.#streaming = false;
    });
  }

  abort(): void {
    this.#abort.abort();
  }

  /** Whether the answer fits a request at `offset` of `snapshot`: what was typed led there and agrees with it. */
  fitsAt(snapshot: Snapshot, offset: number): boolean {
    const typedLength = snapshot.text.length - this.#options.snapshot.text.length;
    return offset === this.#options.offset + typedLength && this.fits(snapshot);
  }

  /**
   * Whether the answer is still of use in `snapshot`: nothing near it has changed but for what was typed
   * at its place, and what was typed agrees with what has been streamed.
   */
  fits(snapshot: Snapshot): boolean {
    const { offset } = this.#options;
    const was = this.#options.snapshot.text;
    const is = snapshot.text;
    const typedLength = is.length - was.length;
    if (snapshot.uri !== this.#options.snapshot.uri || typedLength < 0) return false;
    const start = Math.max(0, offset - fitChars);
    if (is.slice(start, offset) !== was.slice(start, offset)) return false;
    const after = offset + typedLength;
    if (is.slice(after, after + fitChars) !== was.slice(offset, offset + fitChars)) return false;
    const typed = is.slice(offset, after);
    return this.#text.startsWith(typed) || (this.#streaming && typed.startsWith(this.#text));
  }

  async #run(): Promise<JobResult> {
    const { runtime, request, clock } = this.#options;
    const timings = { sent: clock.now(), firstToken: 0, lastToken: 0 };
    const stream = runtime.infill(request, this.#abort.signal)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await stream.next();
        if (next.done === true) return { kind: "done", text: this.#text, timings };
        const part = next.value;
        if (part.kind === "answer-restart") this.#text = "";
        if (part.kind === "reasoning-delta" || part.kind === "answer-restart") continue;
        timings.lastToken = clock.now();
        if (part.kind === "stream-end") {
          if (part.reason === "aborted") return { kind: "aborted" };
          return { kind: "done", text: this.#text, timings, usage: part.usage };
        }
        if (timings.firstToken === 0) timings.firstToken = timings.lastToken;
        this.#text += part.text;
        const stop = earlyStop(this.#text, this.#options.place);
        if (stop) {
          this.#text = this.#text.slice(0, stop.at);
          this.#streaming = false;
          return await this.#endEarly(stream, timings);
        }
      }
    } catch (thrown) {
      return this.#abort.signal.aborted
        ? { kind: "aborted" }
        : { kind: "failed", error: toRuntimeError(thrown) };
    }
  }

  /** Stops the runtime; what it says of its tokens is waited for, but not long. */
  async #endEarly(stream: AsyncIterator<StreamPart>, timings: JobTimings): Promise<JobResult> {
    this.abort();
    const usage = await withTimeout(this.#options.clock, usageWaitMs, lastUsage(stream));
    return { kind: "done", text: this.#text, timings, ...(usage && { usage }) };
  }
}

async function lastUsage(stream: AsyncIterator<StreamPart>): Promise<Usage | undefined> {
  try {
    for (let next = await stream.next(); next.done !== true; next = await stream.next()) {
      if (next.value.kind === "stream-end") return next.value.usage;
    }
  } catch {
    return undefined; // The answer is complete; only the account of its tokens is lost.
  }
  return undefined;
}

function withTimeout<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => resolve(undefined));
    promise.then(resolve, reject).finally(() => timer.dispose());
  });
}
