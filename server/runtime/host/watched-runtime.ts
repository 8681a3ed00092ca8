/** A model contract whose answers and failures somebody is told of. */

import type { ModelRuntime, StreamPart } from "../../model/model-runtime.ts";

export interface Watcher {
  /** The model has computed something: to count tokens is no sign that it can. */
  served(): void;
  /** Returns what the one who waits gets to hear instead. */
  failed(error: unknown): Promise<unknown>;
}

export function watchedRuntime(runtime: ModelRuntime, watcher: Watcher): ModelRuntime {
  async function answering<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw await watcher.failed(error);
    }
  }
  async function serving<T>(answer: Promise<T>): Promise<T> {
    const answered = await answering(answer);
    watcher.served();
    return answered;
  }
  async function* streaming(parts: AsyncIterable<StreamPart>): AsyncGenerator<StreamPart, void> {
    try {
      for await (const part of parts) {
        watcher.served();
        yield part;
      }
    } catch (error) {
      throw await watcher.failed(error);
    }
  }
  return {
    infill: (request, signal) => streaming(runtime.infill(request, signal)),
    chat: (request, signal) => streaming(runtime.chat(request, signal)),
    embed: (request, signal) => serving(runtime.embed(request, signal)),
    countTokens: (text) => answering(runtime.countTokens(text)),
    warm: (request, signal) => serving(runtime.warm(request, signal)),
  };
}
