/** A runtime on this machine whose background work waits until no person waits for any model of it. */

import type { ModelRuntime, Priority, StreamPart } from "../../model/model-runtime.ts";
import type { Foreground } from "./foreground.ts";

export function withForeground(runtime: ModelRuntime, foreground: Foreground): ModelRuntime {
  const during = async <T>(priority: Priority, signal: AbortSignal, call: () => Promise<T>): Promise<T> => {
    if (priority === "background") await foreground.quiet(signal);
    const held = priority === "background" ? undefined : foreground.enter();
    try {
      return await call();
    } finally {
      held?.dispose();
    }
  };
  async function* stream(
    priority: Priority,
    signal: AbortSignal,
    parts: AsyncIterable<StreamPart>,
  ): AsyncGenerator<StreamPart, void> {
    if (priority === "background") await foreground.quiet(signal);
    const held = priority === "background" ? undefined : foreground.enter();
    try {
      yield* parts;
    } finally {
      held?.dispose();
    }
  }
  return {
    infill: (request, signal) => stream(request.priority, signal, runtime.infill(request, signal)),
    chat: (request, signal) => stream(request.priority, signal, runtime.chat(request, signal)),
    // No runtime can be stopped within a batch of texts: each goes by itself, so that one is all that is in the way.
    embed: async (request, signal) => {
      const { texts, priority } = request;
      if (priority !== "background" || texts.length < 2)
        return during(priority, signal, () => runtime.embed(request, signal));
      const vectors: Float32Array[] = [];
      for (const text of texts) {
        const one = { texts: [text], priority };
        vectors.push(...(await during(priority, signal, () => runtime.embed(one, signal))));
      }
      return vectors;
    },
    countTokens: (text) => runtime.countTokens(text),
    warm: (request, signal) => during(request.priority, signal, () => runtime.warm(request, signal)),
  };
}
