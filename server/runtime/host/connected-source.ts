/**
 * A model of a runtime that is reached over HTTP. A connection that turns out to be lost is made again with the
 * next request; what was in flight has failed by then.
 */

import type { Disposable } from "../../base/disposable.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import type { ModelRuntime, StreamPart } from "../../model/model-runtime.ts";
import { RuntimeError, toRuntimeError } from "../../model/runtime-error.ts";
import type { QueueReading } from "../scheduler/slot-queue.ts";
import type { RunningProgram } from "../supervisor/program.ts";
import { lazyRuntime } from "../wire/lazy-runtime.ts";
import type { ModelSource, ModelState, SourceMetrics, SourcePorts } from "./model-source.ts";

export interface Connected extends Disposable {
  readonly info: ModelInfo;
  readonly runtime: ModelRuntime;
  /** The process of one that Hearth has started. */
  readonly process?: RunningProgram;
  /** What waits for it, where its requests wait for their turn here. */
  readonly queue?: () => QueueReading;
}

/** Reaches the runtime, starts it where that is wanted, and makes sure that it has the model. */
export type Connect = (ports: SourcePorts, signal: AbortSignal) => Promise<Connected>;

export class ConnectedSource implements ModelSource {
  readonly #connect: Connect;
  readonly #ports: SourcePorts;
  readonly #disposed = new AbortController();
  readonly runtime: ModelRuntime;
  #connected: Promise<Connected> | undefined;
  #live: Connected | undefined;
  #restarts = 0;
  #state: ModelState = { state: "loading" };

  constructor(connect: Connect, ports: SourcePorts) {
    this.#connect = connect;
    this.#ports = ports;
    this.runtime = this.#watched(lazyRuntime(async () => (await this.#reach()).runtime));
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
      restarts: this.#restarts,
      contextTokens: this.#live?.info.contextTokens ?? 0,
      threads: 0,
      gpu: "unknown",
      memoryBytes: 0,
      requests: 0,
      aborts: 0,
      promptTokens: 0,
      generatedTokens: 0,
      promptTokensPerSecond: 0,
      generatedTokensPerSecond: 0,
    });
  }

  dispose(): void {
    this.#disposed.abort();
    this.#live?.dispose();
  }

  #reach(): Promise<Connected> {
    this.#connected ??= this.#reachNow();
    return this.#connected;
  }

  async #reachNow(): Promise<Connected> {
    const { signal } = this.#disposed;
    this.#report({ state: this.#restarts > 0 ? "restarting" : "loading" });
    try {
      if (signal.aborted) throw new RuntimeError("runtime-unreachable", "The model was let go.");
      const connected = await this.#connect(this.#ports, signal);
      this.#live = connected;
      if (signal.aborted) connected.dispose();
      void connected.process?.ended.then((error) => this.#drop(connected, error));
      this.#report({ state: "ready" });
      return connected;
    } catch (thrown) {
      this.#connected = undefined;
      const error = toRuntimeError(thrown);
      this.#report({ state: "failed", error });
      throw error;
    }
  }

  /** What says that the runtime is gone makes the next request look for it again. */
  #lost(error: unknown): void {
    const { code } = toRuntimeError(error);
    if ((code !== "runtime-unreachable" && code !== "runtime-crashed") || !this.#live) return;
    this.#drop(this.#live, toRuntimeError(error));
  }

  /** What Hearth has started it starts again, and does not wait for a request to reach it. */
  #drop(connected: Connected, error: RuntimeError): void {
    if (connected !== this.#live) return;
    connected.dispose();
    this.#live = undefined;
    this.#connected = undefined;
    this.#restarts++;
    if (!connected.process) return this.#report({ state: "failed", error });
    this.#report({ state: "restarting", error });
    if (this.#disposed.signal.aborted) return;
    this.#reach().catch((failure: unknown) => {
      this.#ports.log.log("warn", toRuntimeError(failure).message);
    });
  }

  #watched(runtime: ModelRuntime): ModelRuntime {
    const failing = async <T>(answer: Promise<T>): Promise<T> => {
      try {
        const answered = await answer;
        this.#live?.process?.served();
        return answered;
      } catch (error) {
        this.#lost(error);
        throw error;
      }
    };
    const lost = (error: unknown) => this.#lost(error);
    const served = () => this.#live?.process?.served();
    async function* streaming(parts: AsyncIterable<StreamPart>): AsyncGenerator<StreamPart, void> {
      try {
        for await (const part of parts) {
          served();
          yield part;
        }
      } catch (error) {
        lost(error);
        throw error;
      }
    }
    return {
      infill: (request, signal) => streaming(runtime.infill(request, signal)),
      chat: (request, signal) => streaming(runtime.chat(request, signal)),
      embed: (request, signal) => failing(runtime.embed(request, signal)),
      countTokens: (text) => failing(runtime.countTokens(text)),
      warm: (request, signal) => failing(runtime.warm(request, signal)),
    };
  }

  #report(state: ModelState): void {
    this.#state = state;
    if (!this.#disposed.signal.aborted) this.#ports.onState(state);
  }
}
