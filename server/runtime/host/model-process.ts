/**
 * One loaded model, kept alive: when its process dies, what it was doing fails with `runtime-crashed`, and
 * a new one is started, at once the first time and ever later while it keeps dying.
 */

import { type Clock, delay } from "../../base/clock.ts";
import type { Disposable } from "../../base/disposable.ts";
import type { Logger } from "../../base/log.ts";
import type { ModelRuntime } from "../../model/model-runtime.ts";
import { RuntimeError, toRuntimeError } from "../../model/runtime-error.ts";
import type { ChildReading, LoadParams } from "../embedded/protocol.ts";
import { lazyRuntime } from "../wire/lazy-runtime.ts";
import { Backoff } from "./backoff.ts";
import { type LoadedChild, startChild } from "./child-process.ts";
import type { ModelState } from "./model-source.ts";

export interface ModelProcessOptions {
  readonly params: LoadParams;
  /** Rejects when the file is not the one any more whose header was read: before each start, not the first alone. */
  readonly check: () => Promise<void>;
  readonly childEntry: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onState: (state: ModelState) => void;
}

/** Deaths in a row after which only a request starts it again. */
const mostEagerRestarts = 5;

export class ModelProcess implements Disposable {
  readonly #options: ModelProcessOptions;
  readonly #backoff: Backoff;
  readonly runtime: ModelRuntime = lazyRuntime(async () => (await this.ready()).runtime);
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

  async reading(): Promise<ChildReading | undefined> {
    return this.#live?.reading().catch(() => undefined);
  }

  /** Ends the process, also one that is loading or about to start. */
  dispose(): void {
    this.#disposed.abort();
  }

  async #start(): Promise<LoadedChild> {
    const { params, check, childEntry, clock, log } = this.#options;
    const { signal } = this.#disposed;
    try {
      await delay(clock, this.#waitMs, signal);
      if (signal.aborted) throw new RuntimeError("runtime-crashed", "The model was unloaded.");
      await check();
      this.#backoff.born();
      const child = await startChild(params, {
        entry: childEntry,
        log,
        signal,
        onProgress: (progress) =>
          this.#report({ state: this.#restarts > 0 ? "restarting" : "loading", progress }),
      });
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

  #report(state: ModelState): void {
    this.#state = state;
    if (!this.#disposed.signal.aborted) this.#options.onState(state);
  }
}
