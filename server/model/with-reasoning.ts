/** A runtime whose chat tells reasoning and answer apart, for runtimes that write both as one text. */

import type { ChatRequest, ModelRuntime, StreamPart } from "./model-runtime.ts";
import { type ReasoningOptions, ReasoningParser } from "./reasoning.ts";

export function withReasoning(runtime: ModelRuntime, options: ReasoningOptions): ModelRuntime {
  return {
    infill: (request, signal) => runtime.infill(request, signal),
    chat: (request, signal) => chat(runtime, { request, options }, signal),
    embed: (request, signal) => runtime.embed(request, signal),
    countTokens: (text) => runtime.countTokens(text),
    warm: (request, signal) => runtime.warm(request, signal),
  };
}

interface Chat {
  readonly request: ChatRequest;
  readonly options: ReasoningOptions;
}

async function* chat(
  runtime: ModelRuntime,
  { request, options }: Chat,
  signal: AbortSignal,
): AsyncGenerator<StreamPart, void> {
  let parser = new ReasoningParser(options);
  for await (const part of runtime.chat(request, signal)) {
    if (part.kind === "text-delta") yield* parser.push(part.text);
    else {
      if (part.kind === "answer-restart") parser = new ReasoningParser(options);
      if (part.kind === "stream-end") yield* parser.end();
      yield part;
    }
  }
}
