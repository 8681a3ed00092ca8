/**
 * One loaded model, kept alive: when its process dies, what it was doing fails with `runtime-crashed`, and
 * a new one is started, at once the first time and ever later while it keeps dying.
 */

import { untilAborted } from "../../base/abort.ts";
import { type Clock, delay } from "../../base/clock.ts";
import type { Disposable } from "../../base/disposable.ts";
import type { Logger } from "../../base/log.ts";
import type { ModelRuntime, StreamPart, Usage } from "../../model/model-runtime.ts";
import { type RuntimeError, toRuntimeError } from "../../model/runtime-error.ts";
import type { ChildReading, LoadParams } from "../embedded/protocol.ts";
import { Backoff } from "./backoff.ts";
import { type LoadedChild, startChild } from "./child-process.ts";
import type { modelStates } from "./protocol.ts";

export interface ModelProcessOptions {
  readonly params: LoadParams;
  readonly childEntry: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onState: (state: ModelState) => void;
}

export interface ModelState {
  readonly state: (typeof modelStates)[number];
  readonly progress?: number;
  readonly error?: RuntimeError;
}

/** Deaths in a row after which only a request starts it again. */
const mostEagerRestarts = 5;
const noUsage: Usage = { prompt: 0, cached: 0, reasoning: 0, generated: 0 };

export class ModelProcess implements Disposable {
  readonly #options: ModelProcessOptions;
  readonly #backoff: Backoff;
  readonly #disposed = new AbortController();
  #child: Promise<LoadedChild> | undefined;
  #live: LoadedChild | undefined;
  #waitMs = 0;
  #restarts = 0;
  #state: ModelState = { state: "loading" };

  constructor(options: ModelProcessOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.clock);
  }

  get state(): ModelState {
    return this.#state;
  }

  get live(): LoadedChild | undefined {
    return this.#live;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** The running process; starts it when there is none. A failed load is not kept: the next call tries again. */
  ready(): Promise<LoadedChild> {
    this.#child ??= this.#start();
    return this.#child;
  }

  get runtime(): ModelRuntime {
    return {
      infill: (request, signal) => this.#stream(signal, (runtime) => runtime.infill(request, signal)),
      chat: (request, signal) => this.#stream(signal, (runtime) => runtime.chat(request, signal)),
      embed: async (request, signal) => (await this.#awaited(signal)).embed(request, signal),
      countTokens: async (text) => (await this.ready()).runtime.countTokens(text),
      warm: async (request, signal) => (await this.#awaited(signal)).warm(request, signal),
    };
  }

  async reading(): Promise<ChildReading | undefined> {
    return this.#live?.reading().catch(() => undefined);
  }

  dispose(): void {
    this.#disposed.abort();
    this.#live?.dispose();
  }

  async #start(): Promise<LoadedChild> {
    const { params, childEntry, clock, log } = this.#options;
    await delay(clock, this.#waitMs, this.#disposed.signal);
    this.#backoff.born();
    try {
      const child = await startChild(params, {
        entry: childEntry,
        log,
        onProgress: (progress) =>
          this.#report({ state: this.#restarts > 0 ? "restarting" : "loading", progress }),
      });
      if (this.#disposed.signal.aborted) child.dispose();
      this.#live = child;
      void child.ended.then(() => this.#died());
      this.#report({ state: "ready" });
      return child;
    } catch (error) {
      this.#child = undefined;
      const failure = toRuntimeError(error);
      if (failure.code === "runtime-crashed") this.#waitMs = this.#backoff.died();
      this.#report({ state: "failed", error: failure });
      throw failure;
    }
  }

  #died(): void {
    this.#live = undefined;
    this.#child = undefined;
    if (this.#disposed.signal.aborted) return;
    this.#restarts++;
    this.#waitMs = this.#backoff.died();
    this.#report({ state: "restarting" });
    if (this.#backoff.deaths <= mostEagerRestarts) {
      this.ready().catch((error: unknown) => {
        this.#options.log.log("warn", `The model did not come back: ${toRuntimeError(error).message}`);
      });
    }
  }

  async *#stream(
    signal: AbortSignal,
    open: (runtime: ModelRuntime) => AsyncIterable<StreamPart>,
  ): AsyncGenerator<StreamPart, void> {
    const child = await untilAborted(this.ready(), signal);
    if (child) yield* open(child.runtime);
    else yield { kind: "stream-end", reason: "aborted", usage: noUsage };
  }

  async #awaited(signal: AbortSignal): Promise<ModelRuntime> {
    const child = await untilAborted(this.ready(), signal);
    if (!child) throw signal.reason;
    return child.runtime;
  }

  #report(state: ModelState): void {
    this.#state = state;
    if (!this.#disposed.signal.aborted) this.#options.onState(state);
  }
}
