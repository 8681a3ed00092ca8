/**
 * A model of a runtime that is reached over HTTP. A connection that turns out to be lost is made again with the
 * next request; what was in flight has failed by then.
 */

import type { Disposable } from "../../base/disposable.ts";
import { type ModelInfo, toReduction } from "../../model/model-info.ts";
import type { ModelRuntime } from "../../model/model-runtime.ts";
import { RuntimeError, type RuntimeErrorCode, toRuntimeError } from "../../model/runtime-error.ts";
import type { QueueReading } from "../scheduler/slot-queue.ts";
import { endedSoon } from "../supervisor/ended-soon.ts";
import type { RunningProgram } from "../supervisor/program.ts";
import { lazyRuntime } from "../wire/lazy-runtime.ts";
import { type Descent, type DescentModel, isOutOfMemory, type MemoryStep } from "./descent.ts";
import {
  type ModelSource,
  type ModelState,
  noWork,
  type SourceMetrics,
  type SourcePorts,
} from "./model-source.ts";
import { watchedRuntime } from "./watched-runtime.ts";

export interface Connected extends Disposable {
  readonly info: ModelInfo;
  readonly runtime: ModelRuntime;
  /** The process of one that Hearth has started. */
  readonly process?: RunningProgram;
  /** What waits for it, where its requests wait for their turn here. */
  readonly queue?: () => QueueReading;
}

const saysGone: ReadonlySet<RuntimeErrorCode> = new Set(["runtime-unreachable", "runtime-crashed"]);

/** Reaches the runtime, starts it where that is wanted, and makes sure that it has the model. */
export type Connect = (ports: SourcePorts, signal: AbortSignal) => Promise<Connected>;

export interface ConnectedExtras {
  /** Goes with the source. */
  readonly held?: Disposable | undefined;
  /** Where another way to load it is found when memory runs out. */
  readonly descent?: Pick<Descent<DescentModel>, "ranOut" | "reduced">;
}

export class ConnectedSource implements ModelSource {
  readonly #held: Disposable | undefined;
  readonly #descent: ConnectedExtras["descent"];
  readonly #connect: Connect;
  readonly #ports: SourcePorts;
  readonly #disposed = new AbortController();
  readonly runtime: ModelRuntime;
  #connected: Promise<Connected> | undefined;
  #live: Connected | undefined;
  #restarts = 0;
  #state: ModelState = { state: "loading" };

  constructor(connect: Connect, ports: SourcePorts, { held, descent }: ConnectedExtras = {}) {
    this.#held = held;
    this.#descent = descent;
    this.#connect = connect;
    this.#ports = ports;
    this.runtime = lazyRuntime(async () => (await this.#reach()).runtime);
  }

  get state(): ModelState {
    return this.#state;
  }

  async ready(): Promise<ModelInfo> {
    return (await this.#reach()).info;
  }

  /** The runtime keeps its own account of its work. */
  metrics(): Promise<SourceMetrics> {
    const pid = this.#live?.process?.pid;
    return Promise.resolve({
      ...(pid === undefined ? {} : { pid }),
      ...(this.#live?.queue ? { queue: this.#live.queue() } : {}),
      ...(this.#live?.info.reduced ? { reduced: this.#live.info.reduced } : {}),
      restarts: this.#restarts,
      contextTokens: this.#live?.info.contextTokens ?? 0,
      threads: 0,
      gpu: "unknown",
      ...noWork,
    });
  }

  dispose(): void {
    this.#disposed.abort();
    this.#live?.dispose();
    this.#held?.dispose();
  }

  #reach(): Promise<Connected> {
    this.#connected ??= this.#reachNow();
    return this.#connected;
  }

  async #reachNow(): Promise<Connected> {
    const { signal } = this.#disposed;
    this.#report({ state: this.#starting() });
    try {
      if (signal.aborted) throw new RuntimeError("runtime-unreachable", "The model was let go.");
      const connected = this.#watched(await this.#connect(this.#ports, signal));
      const { info } = connected;
      this.#live = connected;
      if (signal.aborted) connected.dispose();
      void connected.process?.ended.then((error) => this.#drop(connected, error));
      this.#report({ state: "ready", info });
      return connected;
    } catch (thrown) {
      this.#connected = undefined;
      const error = toRuntimeError(thrown);
      this.#report({ state: "failed", error });
      throw error;
    }
  }

  #watched(connected: Connected): Connected {
    const runtime = watchedRuntime(connected.runtime, {
      served: () => connected.process?.served(),
      failed: (error) => this.#failed(watched, error),
    });
    const reduced = this.#descent?.reduced;
    const info = reduced ? { ...connected.info, reduced: toReduction(reduced) } : connected.info;
    const watched = { ...connected, info, runtime };
    return watched;
  }

  /** A step down for lack of memory. */
  stepped({ said, reason }: MemoryStep): void {
    this.#report({ state: this.#starting(), step: said, error: reason });
  }

  /** What says that the runtime is gone, or that memory ran out, makes the next request look for it again. */
  async #failed(connected: Connected, error: unknown): Promise<unknown> {
    if (this.#descent && isOutOfMemory(error)) {
      this.#drop(connected, error);
      return error;
    }
    if (!(error instanceof RuntimeError) || !saysGone.has(error.code)) return error;
    const { process } = connected;
    const end = process && (await endedSoon(process, this.#ports.clock, this.#disposed.signal));
    this.#drop(connected, end ?? error);
    return end ?? error;
  }

  /** What Hearth has started it starts again, and does not wait for a request to reach it. */
  #drop(connected: Connected, error: RuntimeError): void {
    if (connected !== this.#live) return;
    connected.dispose();
    this.#live = undefined;
    this.#connected = undefined;
    this.#restarts++;
    const isShort = this.#descent !== undefined && isOutOfMemory(error);
    if (isShort) this.#descent?.ranOut(error);
    if (!connected.process && !isShort) return this.#report({ state: "failed", error });
    this.#report({ state: "restarting", error });
    if (this.#disposed.signal.aborted) return;
    this.#reach().catch((failure: unknown) => {
      this.#ports.log.log("warn", toRuntimeError(failure).message);
    });
  }

  #starting(): "loading" | "restarting" {
    return this.#restarts > 0 ? "restarting" : "loading";
  }

  #report(state: ModelState): void {
    this.#state = state;
    if (!this.#disposed.signal.aborted) this.#ports.onState(state);
  }
}
