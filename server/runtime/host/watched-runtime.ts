/** A model contract whose answers and failures somebody is told of. */

import type { ModelRuntime, StreamPart } from "../../model/model-runtime.ts";

export interface Watcher {
  served(): void;
  /** Returns what the one who waits gets to hear instead. */
  failed(error: unknown): Promise<unknown>;
}

export function watchedRuntime(runtime: ModelRuntime, watcher: Watcher): ModelRuntime {
  async function answering<T>(answer: Promise<T>): Promise<T> {
    try {
      const answered = await answer;
      watcher.served();
      return answered;
    } catch (error) {
      throw await watcher.failed(error);
    }
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
    embed: (request, signal) => answering(runtime.embed(request, signal)),
    countTokens: (text) => answering(runtime.countTokens(text)),
    warm: (request, signal) => answering(runtime.warm(request, signal)),
  };
}
