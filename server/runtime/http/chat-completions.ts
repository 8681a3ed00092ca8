/** A chat by the protocol that OpenAI began and most servers speak: `/v1/chat/completions`, streamed. */

import * as v from "valibot";
import type { ChatRequest, StopReason, StreamPart, Usage } from "../../model/model-runtime.ts";
import type { HttpClient } from "./http-client.ts";
import { saidError, strangerError } from "./http-errors.ts";
import { serverSentEvents } from "./server-sent-events.ts";

export interface ChatCompletionsOptions {
  readonly client: HttpClient;
  /** As the server names it. */
  readonly model: string;
  readonly url: URL;
  /** What one server knows and others would refuse. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

const text = v.nullish(v.string());
const chunkSchema = v.object({
  choices: v.optional(
    v.array(
      v.object({
        /** llama.cpp, DeepSeek and others say `reasoning_content`, vLLM says `reasoning`. */
        delta: v.nullish(v.object({ content: text, reasoning_content: text, reasoning: text })),
        finish_reason: v.nullish(v.string()),
      }),
    ),
    [],
  ),
  usage: v.nullish(
    v.object({
      prompt_tokens: v.number(),
      completion_tokens: v.nullish(v.number()),
      prompt_tokens_details: v.nullish(v.object({ cached_tokens: v.nullish(v.number()) })),
      completion_tokens_details: v.nullish(v.object({ reasoning_tokens: v.nullish(v.number()) })),
    }),
  ),
  error: v.nullish(v.union([v.string(), v.object({ message: v.string() })])),
});
type Chunk = v.InferOutput<typeof chunkSchema>;

/** Ends with one `stream-end`, also when `signal` aborts. Throws a RuntimeError. */
export async function* chatCompletions(
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
    max_tokens: maxTokens,
    ...(stop.length > 0 ? { stop } : {}),
    temperature: sampling.temperature,
    top_p: sampling.topP,
    seed: sampling.seed,
    ...extra,
  };
  let usage = noUsage;
  let reason: StopReason = "stop";
  try {
    const chunks = client.stream({ method: "POST", path: "v1/chat/completions", body }, signal);
    for await (const data of serverSentEvents(chunks)) {
      if (data === "[DONE]") break;
      const chunk = readChunk(data, { client, url });
      yield* partsOf(chunk);
      if (chunk.choices.some(({ finish_reason }) => finish_reason === "length")) reason = "length";
      if (chunk.usage) usage = usageOf(chunk.usage);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  yield { kind: "stream-end", reason: signal.aborted ? "aborted" : reason, usage };
}

const noUsage: Usage = { prompt: 0, cached: 0, reasoning: 0, generated: 0 };

function readChunk(data: string, { client, url }: { readonly client: HttpClient; readonly url: URL }): Chunk {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), chunkSchema), data);
  if (!parsed.success) throw strangerError(client.name, url);
  const { error } = parsed.output;
  if (error)
    throw saidError(client.name, typeof error === "string" ? error : error.message, "runtime-crashed");
  return parsed.output;
}

function* partsOf({ choices }: Chunk): Generator<StreamPart, void> {
  for (const { delta } of choices) {
    const reasoning = delta?.reasoning_content ?? delta?.reasoning ?? "";
    if (reasoning !== "") yield { kind: "reasoning-delta", text: reasoning };
    const content = delta?.content ?? "";
    if (content !== "") yield { kind: "text-delta", text: content };
  }
}

function usageOf(usage: NonNullable<Chunk["usage"]>): Usage {
  return {
    prompt: usage.prompt_tokens,
    cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
    reasoning: usage.completion_tokens_details?.reasoning_tokens ?? 0,
    generated: usage.completion_tokens ?? 0,
  };
}
