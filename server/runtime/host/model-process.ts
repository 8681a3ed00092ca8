/**
 * One loaded model, kept alive: when its process dies, what it was doing fails with `runtime-crashed`, and
 * a new one is started, at once the first time and ever later while it keeps dying.
 */

import { type Clock, delay } from "../../base/clock.ts";
import type { Disposable } from "../../base/disposable.ts";
import type { Logger } from "../../base/log.ts";
import type { StepDown } from "../../model/describe-step.ts";
import type { ModelRuntime } from "../../model/model-runtime.ts";
import { RuntimeError, toRuntimeError } from "../../model/runtime-error.ts";
import type { ChildReading, FoundOut, LoadParams } from "../embedded/protocol.ts";
import type { BestThreads } from "../embedded/thread-ladder.ts";
import { lazyRuntime } from "../wire/lazy-runtime.ts";
import { Backoff } from "./backoff.ts";
import { type ForkedChild, forkChild, type LoadedChild } from "./child-process.ts";
import { Descent, type DescentOptions, isOutOfMemory, type Load } from "./descent.ts";
import type { LlamaBuilds, ModelState } from "./model-source.ts";
import type { FileModel } from "./smaller-files.ts";
import { watchedRuntime } from "./watched-runtime.ts";

export interface ModelProcessOptions {
  readonly descent: Omit<DescentOptions<FileModel>, "onStep">;
  readonly params: (load: Load<FileModel>) => LoadParams;
  /** Rejects when the file is not the one any more whose header was read: before each start, not the first alone. */
  readonly check: (model: FileModel) => Promise<void>;
  readonly builds: LlamaBuilds;
  readonly childEntry: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onState: (state: ModelState) => void;
  /** What the runtime says that it allocated beside the weights of a model that is loaded. */
  readonly onReported?: (running: Pick<RunningModel, "model" | "result">, bytes: number) => void;
}

/** A process that runs, and what it has loaded. */
export interface RunningModel extends LoadedChild {
  readonly model: FileModel;
}

/** Deaths in a row after which only a request starts it again. */
const mostEagerRestarts = 5;

export class ModelProcess implements Disposable {
  readonly #options: ModelProcessOptions;
  readonly #backoff: Backoff;
  readonly #descent: Descent<FileModel>;
  readonly runtime: ModelRuntime = lazyRuntime(async () => (await this.ready()).runtime);
  readonly #disposed = new AbortController();
  #child: Promise<RunningModel> | undefined;
  #live: RunningModel | undefined;
  /** Begun for the next load. */
  #forked: ForkedChild | undefined;
  /** By the last process that has loaded it. */
  #loadedBy: { readonly gpu: FoundOut["gpu"]; readonly folder: string | undefined } | undefined;
  #threads: BestThreads | undefined;
  #waitMs = 0;
  #restarts = 0;
  #state: ModelState = { state: "loading" };

  constructor(options: ModelProcessOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.clock);
    this.#descent = new Descent({
      ...options.descent,
      onStep: ({ said, reason }) => this.#report({ state: this.#starting(), step: said, error: reason }),
    });
  }

  get state(): ModelState {
    return this.#state;
  }

  get live(): RunningModel | undefined {
    return this.#live;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** How it is loaded instead, where memory does not hold it as it was asked for. */
  get reduced(): RuntimeError | undefined {
    return this.#descent.reduced;
  }

  /** The running process; starts it when there is none. A failed load is not kept: the next call tries again. */
  ready(): Promise<RunningModel> {
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

  async #start(): Promise<RunningModel> {
    const { signal } = this.#disposed;
    try {
      const child = await this.#descent.run((load) => this.#load(load), signal);
      this.#live = child;
      void child.gone.then(() => this.#died(child));
      this.#report({ state: "ready" });
      return child;
    } catch (error) {
      this.#child = undefined;
      this.#forked?.kill();
      this.#forked = undefined;
      const failure = toRuntimeError(error);
      if (failure.code === "runtime-crashed") this.#waitMs = this.#backoff.died();
      this.#report({ state: "failed", error: failure });
      throw failure;
    }
  }

  async #load(load: Load<FileModel>): Promise<RunningModel> {
    const { check, builds, clock } = this.#options;
    const { signal } = this.#disposed;
    await delay(clock, this.#waitMs, signal);
    if (signal.aborted) throw new RuntimeError("runtime-crashed", "The model was unloaded.");
    this.#fork();
    const [{ build, dropped }] = await Promise.all([builds.choose(signal), check(load.model)]);
    for (const step of dropped) this.#say(step);
    this.#backoff.born();
    return build ? this.#loadByGpu(load, build) : this.#loadBy(load, undefined);
  }

  /** Twice, since somebody may have ended it; then by the build that Hearth carries. */
  async #loadByGpu(load: Load<FileModel>, build: NonNullable<LoadParams["build"]>): Promise<RunningModel> {
    const once = () => this.#loadBy(load, build);
    const first = await once().catch((error: unknown) => this.#crashOf(error));
    if (!(first instanceof RuntimeError)) return first;
    const second = await once().catch((error: unknown) => this.#crashOf(error));
    if (!(second instanceof RuntimeError)) return second;
    const running = await this.#loadBy(load, undefined);
    const { cause } = second;
    const step = await this.#options.builds.drop(
      build,
      cause instanceof Error ? cause.message : second.message,
    );
    if (step) this.#say(step);
    return running;
  }

  /** Rejects with all that is no crash of its own. */
  #crashOf(error: unknown): RuntimeError {
    const crashed = error instanceof RuntimeError && error.code === "runtime-crashed";
    if (!crashed || this.#disposed.signal.aborted) throw error;
    return error;
  }

  #say({ said, reason }: StepDown): void {
    this.#options.log.log("warn", `${said.message} ${reason.message}`);
    this.#report({ state: this.#starting(), step: said, error: reason });
  }

  async #loadBy(load: Load<FileModel>, build: LoadParams["build"]): Promise<RunningModel> {
    const report = Promise.withResolvers<number>();
    const forked = this.#fork();
    this.#forked = undefined;
    const child = await forked.load(
      { ...this.#options.params(load), ...(build ? { build } : {}), ...this.#found(build) },
      {
        onProgress: (progress) => this.#report({ state: this.#starting(), progress }),
        onReported: report.resolve,
        onTried: (tried) => load.tried(tried),
        onThreads: (threads) => {
          this.#threads = threads;
        },
      },
    );
    this.#loadedBy = { gpu: child.result.gpu, folder: build?.folder };
    const loaded = { model: load.model, result: child.result };
    void report.promise.then((bytes) => this.#options.onReported?.(loaded, bytes));
    const runtime = watchedRuntime(child.runtime, {
      served: () => this.#backoff.forgive(),
      failed: (error) => this.#failed(child, error),
    });
    return { ...child, model: load.model, runtime };
  }

  /** The process of the next load; one that has begun already where there is one. */
  #fork(): ForkedChild {
    const { childEntry, log } = this.#options;
    const again = this.#loadedBy ? ({ again: true } as const) : {};
    this.#forked ??= forkChild({ entry: childEntry, log, signal: this.#disposed.signal, ...again });
    return this.#forked;
  }

  /** Nothing where it is another build by now. */
  #found(build: LoadParams["build"]): Pick<LoadParams, "found"> {
    if (!this.#loadedBy || this.#loadedBy.folder !== build?.folder) return {};
    return { found: { gpu: this.#loadedBy.gpu, ...(this.#threads ? { threads: this.#threads } : {}) } };
  }

  #starting(): "loading" | "restarting" {
    return this.#restarts > 0 ? "restarting" : "loading";
  }

  /** What was asked of a process that died failed with why it died. One that has too little memory is ended. */
  async #failed(child: LoadedChild, error: unknown): Promise<unknown> {
    if (isOutOfMemory(error)) {
      this.#ranOut(child, error);
      child.kill();
      // Whoever asks again after this failure asks the next process.
      await child.ended;
      return error;
    }
    const crashed = error instanceof RuntimeError && error.code === "runtime-crashed";
    return crashed ? child.ended : error;
  }

  /** A process that is replaced already has nothing to say of the next one. */
  #ranOut({ pid }: LoadedChild, reason: RuntimeError): void {
    if (this.#live?.pid === pid) this.#descent.ranOut(reason);
  }

  #died(child: RunningModel): void {
    this.#live = undefined;
    this.#child = undefined;
    if (this.#disposed.signal.aborted) return;
    this.#restarts++;
    this.#waitMs = this.#backoff.died();
    this.#report({ state: "restarting" });
    if (this.#backoff.deaths > mostEagerRestarts) return;
    this.#child = this.#startAfter(child);
    this.#child.catch((error: unknown) => {
      this.#options.log.log("warn", `The model did not come back: ${toRuntimeError(error).message}`);
    });
  }

  /** Why it died is known a moment after it has, and decides how the next one loads, not whether. */
  async #startAfter({ ended }: RunningModel): Promise<RunningModel> {
    if (this.#waitMs === 0) this.#fork();
    const reason = await ended;
    if (isOutOfMemory(reason)) this.#descent.ranOut(reason);
    return this.#start();
  }

  #report(state: ModelState): void {
    this.#state = state;
    if (!this.#disposed.signal.aborted) this.#options.onState(state);
  }
}
