/** The model contract of a runtime that is still being reached: each call waits for it, and no longer than its own abort. */

import { untilAborted } from "../../base/abort.ts";
import { type ModelRuntime, noUsage, type StreamPart } from "../../model/model-runtime.ts";

/** `ready` is asked with every call: the runtime may be another one by then. */
export function lazyRuntime(ready: () => Promise<ModelRuntime>): ModelRuntime {
  async function* stream(
    signal: AbortSignal,
    open: (runtime: ModelRuntime) => AsyncIterable<StreamPart>,
  ): AsyncGenerator<StreamPart, void> {
    const runtime = await untilAborted(ready(), signal);
    if (runtime) yield* open(runtime);
    else yield { kind: "stream-end", reason: "aborted", usage: noUsage };
  }
  async function awaited(signal: AbortSignal): Promise<ModelRuntime> {
    const runtime = await untilAborted(ready(), signal);
    if (!runtime) throw signal.reason;
    return runtime;
  }
  return {
    infill: (request, signal) => stream(signal, (runtime) => runtime.infill(request, signal)),
    chat: (request, signal) => stream(signal, (runtime) => runtime.chat(request, signal)),
    embed: async (request, signal) => (await awaited(signal)).embed(request, signal),
    countTokens: async (text) => (await ready()).countTokens(text),
    warm: async (request, signal) => (await awaited(signal)).warm(request, signal),
  };
}
