/**
 * Sees to it that a request gets its turn at an Ollama that has lost it.
 *
 * Ollama (0.24.0) computes a model's requests one after the other. What it has for a reader it hands over by a
 * channel without room (`GenerateHandler` and `ChatHandler` of server/routes.go). Where a connection is closed while
 * one token is written and the next one stands ready, nobody takes that any more, and the turn is never given back
 * (`llmServer.Completion` of llm/server.go): every later request of the model waits for ever. Only unloading the model
 * ends that, and no way of closing a connection is safe from it.
 *
 * Invariant: a model is not unloaded while somebody else uses it, nor while it loads.
 */

import { untilAborted } from "../../base/abort.ts";
import { type Clock, delay } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { RuntimeError, toRuntimeError } from "../../model/runtime-error.ts";
import type { ModelOptions, OllamaApi } from "./ollama-api.ts";

export interface SlotWatchOptions {
  readonly api: Pick<OllamaApi, "step" | "loaded" | "load" | "unload">;
  readonly url: URL;
  readonly model: ModelOptions;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends the process of an Ollama that Hearth has started, which then comes back. */
  readonly restart?: (() => void) | undefined;
}

export interface Ask<T> {
  /** Characters of the prompt: all, and those that were not computed before as far as we know. */
  readonly prompt: { readonly length: number; readonly fresh: number };
  /** Resolves with the first sign of an answer. */
  send(signal: AbortSignal): Promise<T>;
}

/** How many times as long as usual a request may take before something is done. */
const patienceFactor = 6;
const leastPatienceMs = 3000;
/** Also where nothing has been answered yet, and nobody knows how fast it is. */
const mostPatienceMs = 30_000;
/** Whatever keeps a request as long as this, it is not a lost turn. */
const lastPatienceMs = 600_000;
/** What an aborted request may have left to be computed for nobody, in characters. */
const leftLength = 2048;
/** Of less text the time to the first sign is that of the first token. */
const longLength = 512;
/** As many characters are read in the time of a token, or more: until it is known how many. */
const charactersOfToken = 64;
/** Ollama notes a moment later that a request has gone. */
const noteMs = 1000;
const unloadMs = 15_000;
const pollMs = 50;

const never = new AbortController().signal;

export class SlotWatch {
  readonly #options: SlotWatchOptions;
  /** Whether the turn may be lost: a stream was left, or others were there before. */
  #suspect = true;
  /** Usual times to the first token, and for a character of a prompt. */
  #startMs: number | undefined;
  #characterMs: number | undefined;
  /** In vain since the last sign of life, by requests that were given up. */
  #waitedMs = 0;
  #checking: Promise<RuntimeError | undefined> | undefined;

  constructor(options: SlotWatchOptions) {
    this.#options = options;
  }

  /** To be called when a stream was closed before it was whole. */
  left(): void {
    this.#suspect = true;
  }

  /** What `ask` comes to. It is sent a second time where the model did not answer it. */
  async answered<T>(ask: Ask<T>, signal: AbortSignal): Promise<T> {
    const { length } = ask.prompt;
    const patience = this.#patienceMs(length);
    if (this.#checking || (this.#suspect && this.#waitedMs >= patience)) await this.#check(length, signal);
    const first = await this.#within(this.#suspect ? patience : lastPatienceMs, ask, signal);
    if (!(first instanceof Late)) return first;
    await this.#check(length, signal);
    const second = await this.#within(lastPatienceMs, ask, signal);
    if (second instanceof Late) throw this.#stuck();
    return second;
  }

  /** Before a request of which nobody knows how long it takes. */
  async cleared(signal: AbortSignal): Promise<void> {
    if (this.#suspect) await this.#check(0, signal);
  }

  #patienceMs(length: number): number {
    const start = this.#startMs ?? this.#characterMs;
    if (start === undefined) return mostPatienceMs;
    const characterMs = this.#characterMs ?? start / charactersOfToken;
    const expected = start + characterMs * (length + leftLength);
    return Math.min(mostPatienceMs, Math.max(leastPatienceMs, patienceFactor * expected));
  }

  async #within<T>(limitMs: number, ask: Ask<T>, signal: AbortSignal): Promise<T | Late> {
    const { clock } = this.#options;
    const limit = new AbortController();
    const late = Promise.withResolvers<undefined>();
    const alarm = clock.after(limitMs, () => late.resolve(undefined));
    const began = clock.now();
    const sent = ask.send(AbortSignal.any([signal, limit.signal])).then((value) => ({ value }));
    try {
      const first = await Promise.race([sent, late.promise]);
      if (!first) return new Late(await this.#given(sent, limit));
      if (!signal.aborted) this.#lives(ask.prompt.fresh, clock.now() - began);
      return first.value;
    } finally {
      alarm.dispose();
      if (signal.aborted) this.#waitedMs += clock.now() - began;
    }
  }

  /** Gives the request up. Returns until when the model was to stay before. */
  async #given(sent: Promise<unknown>, limit: AbortController): Promise<string | undefined> {
    try {
      const stay = await this.#stay();
      await delay(this.#options.clock, pollMs, never);
      // That of a model that loads moves on with the time.
      return stay === (await this.#stay()) ? stay : undefined;
    } finally {
      limit.abort();
      await Promise.allSettled([sent]);
    }
  }

  #lives(fresh: number, tookMs: number): void {
    if (fresh < longLength) this.#startMs = usual(this.#startMs, tookMs);
    else this.#characterMs = usual(this.#characterMs, tookMs / fresh);
    this.#suspect = false;
    this.#waitedMs = 0;
  }

  /** Resolves when the model answers, as it did or anew. Runs to its end when `signal` aborts. */
  async #check(length: number, signal: AbortSignal): Promise<void> {
    this.#checking ??= this.#free(length).finally(() => {
      this.#checking = undefined;
    });
    const error = await untilAborted(this.#checking, signal);
    signal.throwIfAborted();
    if (error) throw error;
  }

  /** The smallest request that there is tells a turn that is lost from one that only takes its time. */
  async #free(length: number): Promise<RuntimeError | undefined> {
    const { api, model } = this.#options;
    const send = (signal: AbortSignal) => api.step({ ...model, prompt: "a" }, signal);
    const probe = { prompt: { length: 1, fresh: 1 }, send };
    try {
      const answer = await this.#within(this.#patienceMs(length), probe, never);
      if (!(answer instanceof Late) || !(await this.#isAlone(answer))) return undefined;
      return (await this.#reloaded()) ? undefined : this.#stuck();
    } catch (error) {
      return toRuntimeError(error);
    }
  }

  /** Only when the last request has gone does Ollama say anew until when the model stays. */
  async #isAlone({ stay }: Late): Promise<boolean> {
    const { clock } = this.#options;
    if (stay === undefined) return false;
    for (const end = clock.now() + noteMs; clock.now() < end; await delay(clock, pollMs, never)) {
      if ((await this.#stay()) !== stay) return true;
    }
    return false;
  }

  /** False where Ollama does not let go of the model. */
  async #reloaded(): Promise<boolean> {
    const { api, model, url, clock, log } = this.#options;
    log.log(
      "warn",
      `Ollama at ${url.origin} has lost the turn of ${model.model} after an aborted request: it is loaded anew.`,
    );
    await api.unload(model.model, never);
    for (const end = clock.now() + unloadMs; (await this.#stay()) !== undefined; ) {
      if (clock.now() >= end) return false;
      await delay(clock, pollMs, never);
    }
    await api.load(model, never);
    this.#suspect = false;
    this.#waitedMs = 0;
    return true;
  }

  /** Until when Ollama keeps the model; undefined where it is not loaded. */
  async #stay(): Promise<string | undefined> {
    const { api, model } = this.#options;
    return (await api.loaded(never)).find(({ name }) => name === model.model)?.expires_at;
  }

  #stuck(): RuntimeError {
    const { url, restart } = this.#options;
    const values = [url.origin];
    if (!restart) {
      return new RuntimeError("timeout", "Ollama at {0} takes requests and answers none.", {
        values,
        mend: "Restart Ollama, then ask again.",
      });
    }
    restart();
    return new RuntimeError(
      "runtime-crashed",
      "Ollama at {0} took requests and answered none: it is restarted.",
      {
        values,
      },
    );
  }
}

/** What was seen lately counts most. */
function usual(before: number | undefined, now: number): number {
  return before === undefined ? now : 0.8 * before + 0.2 * now;
}

/** Nothing came in time. */
class Late {
  /** Until when the model was to stay, in Ollama's words; undefined where it is not loaded, or loads. */
  readonly stay: string | undefined;

  constructor(stay: string | undefined) {
    this.stay = stay;
  }
}
