/** Kills the process of a model in the middle of one of its streams. */

import type { ModelRuntime, StreamPart } from "../server/model/model-runtime.ts";
import type { HostClient } from "../server/runtime/host/client.ts";

const latestPart = 20;

export class Killer {
  /** Ends a stream that breaks off as if it were whole. */
  hideEnd = false;
  /** When the first part of the last stream came. */
  answeredAt = Number.NaN;
  readonly #client: HostClient;
  #next: { readonly pid: number; readonly part: number; readonly done: (at: number) => void } | undefined;

  constructor(client: HostClient) {
    this.#client = client;
  }

  async pid(): Promise<number> {
    const pid = (await this.#client.metrics())?.models[0]?.pid;
    if (pid === undefined) throw new Error("the runtime has no process");
    return pid;
  }

  /** The next stream is killed; resolves to when. */
  arm(pid: number): Promise<number> {
    const killing = Promise.withResolvers<number>();
    const part = 1 + Math.floor(Math.random() * latestPart);
    this.#next = { pid, part, done: killing.resolve };
    return killing.promise;
  }

  over(runtime: ModelRuntime): ModelRuntime {
    return {
      infill: (request, signal) => this.#watch(runtime.infill(request, signal)),
      chat: (request, signal) => runtime.chat(request, signal),
      embed: (request, signal) => runtime.embed(request, signal),
      countTokens: (text) => runtime.countTokens(text),
      warm: (request, signal) => runtime.warm(request, signal),
    };
  }

  async *#watch(parts: AsyncIterable<StreamPart>): AsyncGenerator<StreamPart, void> {
    let seen = 0;
    try {
      for await (const part of parts) {
        if (seen === 0) this.answeredAt = performance.now();
        yield part;
        if (++seen === this.#next?.part) this.#kill();
      }
    } catch (error) {
      if (!this.hideEnd) throw error;
      const usage = { prompt: 0, cached: 0, reasoning: 0, generated: seen };
      yield { kind: "stream-end", reason: "length", usage };
    }
  }

  #kill(): void {
    const next = this.#next;
    this.#next = undefined;
    if (!next) return;
    process.kill(next.pid, "SIGKILL");
    next.done(performance.now());
  }
}
