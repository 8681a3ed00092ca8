/** A chat by the protocol that OpenAI began and most servers speak: `/v1/chat/completions`, streamed. */

import type { ChatRequest, StreamPart } from "../../model/model-runtime.ts";
import { answerStream } from "./answer-stream.ts";
import type { HttpClient } from "./http-client.ts";

export interface ChatCompletionsOptions {
  readonly client: HttpClient;
  /** As the server names it. */
  readonly model: string;
  readonly url: URL;
  /** What one server knows and others would refuse. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Ends with one `stream-end`, also when `signal` aborts. Throws a RuntimeError. */
export function chatCompletions(
  request: ChatRequest,
  { client, model, url, extra = {} }: ChatCompletionsOptions,
  signal: AbortSignal,
): AsyncGenerator<StreamPart, void> {
  const { messages, maxTokens, stop, sampling } = request;
  const body = {
    model,
    stream: true,
    stream_options: { include_usage: true },
    messages: messages.map(({ role, text: content }) => ({ role, content })),
    ...(stop.length > 0 ? { stop } : {}),
    temperature: sampling.temperature,
    top_p: sampling.topP,
    seed: sampling.seed,
    ...extra,
    // Last, since an answer is bounded by it.
    max_tokens: maxTokens,
  };
  return answerStream({ client, url, path: "v1/chat/completions", body, stop }, signal);
}
