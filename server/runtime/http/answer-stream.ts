/** One streamed answer of the protocol that OpenAI began, whether of `/v1/completions` or of `/v1/chat/completions`. */

import * as v from "valibot";
import { noUsage, type StopReason, type StreamPart, type Usage } from "../../model/model-runtime.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { StopMatcher } from "../embedded/stop-matcher.ts";
import type { HttpClient } from "./http-client.ts";
import { brokenOffError, strangerError } from "./http-errors.ts";
import { serverSentEvents } from "./server-sent-events.ts";
import { whileHeard } from "./while-heard.ts";

export interface AnswerRequest {
  readonly client: HttpClient;
  readonly url: URL;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>> & { readonly max_tokens: number };
  /** Ends the answer here too, for servers that know fewer stops than they are given. */
  readonly stop: readonly string[];
}

const text = v.nullish(v.string());
const count = v.nullish(v.number());
const chunkSchema = v.object({
  choices: v.optional(
    v.array(
      v.object({
        text,
        /** llama.cpp, SGLang, DeepSeek and others say `reasoning_content`, vLLM says `reasoning`. */
        delta: v.nullish(v.object({ content: text, reasoning_content: text, reasoning: text })),
        finish_reason: text,
      }),
    ),
    [],
  ),
  usage: v.nullish(
    v.object({
      prompt_tokens: v.number(),
      completion_tokens: count,
      prompt_tokens_details: v.nullish(v.object({ cached_tokens: count })),
      completion_tokens_details: v.nullish(v.object({ reasoning_tokens: count })),
    }),
  ),
  /** llama.cpp's own account, with every part where it is asked for it. */
  timings: v.nullish(v.object({ cache_n: v.number(), prompt_n: v.number(), predicted_n: v.number() })),
  error: v.nullish(v.union([v.string(), v.object({ message: v.string() })])),
});
type Chunk = v.InferOutput<typeof chunkSchema>;
type Delta = Extract<StreamPart, { readonly text: string }>;

/**
 * Ends with one `stream-end`, also when `signal` aborts. Throws a RuntimeError. What a server does not count
 * itself (reasoning; anything, where an answer is cut short) is counted in parts: a token each, as servers stream.
 */
export async function* answerStream(
  request: AnswerRequest,
  signal: AbortSignal,
): AsyncGenerator<StreamPart, void> {
  const { client, url, path, body } = request;
  const stops = new StopMatcher(request.stop);
  let usage = noUsage;
  let reason: StopReason | undefined;
  let events = 0;
  let thoughts = 0;
  try {
    const ask = (stop: AbortSignal) => serverSentEvents(client.stream({ method: "POST", path, body }, stop));
    for await (const data of whileHeard(client, ask, signal)) {
      if (++events > mostEvents(body.max_tokens)) throw endless(request);
      if (data === "[DONE]") {
        reason ??= "stop";
        break;
      }
      const chunk = readChunk(data, request);
      const deltas = deltasOf(chunk);
      usage = usageOf(chunk) ?? { ...usage, generated: usage.generated + deltas.length };
      thoughts += deltas.filter(({ kind }) => kind === "reasoning-delta").length;
      const { parts, stopped } = cut(deltas, stops);
      yield* parts;
      reason = stopped ? "stop" : (reasonOf(chunk) ?? reason);
      if (stopped) break;
    }
    if (reason === undefined)
      throw events === 0 ? strangerError(client.name, url) : brokenOffError(client.name, url);
    const held = stops.flush();
    if (held !== "") yield { kind: "text-delta", text: held };
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  const reasoning = Math.max(usage.reasoning, thoughts);
  yield {
    kind: "stream-end",
    reason: signal.aborted ? "aborted" : (reason ?? "stop"),
    usage: { ...usage, reasoning },
  };
}

/** A token is a part; a few parts more say who answers, that the server is alive, and what it counted. */
function mostEvents(maxTokens: number): number {
  return 2 * maxTokens + 1000;
}

function endless({ client, body }: AnswerRequest): RuntimeError {
  return new RuntimeError("refused", "{0} writes more than the {1} tokens that it was asked for.", {
    values: [client.name, body.max_tokens],
  });
}

function readChunk(data: string, { client, url }: AnswerRequest): Chunk {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), chunkSchema), data);
  if (!parsed.success) throw strangerError(client.name, url);
  const { error } = parsed.output;
  if (error) throw client.saidError(typeof error === "string" ? error : error.message, "runtime-crashed");
  return parsed.output;
}

function deltasOf({ choices }: Chunk): readonly Delta[] {
  return choices.flatMap(({ text: plain, delta }) => {
    const reasoning = delta?.reasoning_content ?? delta?.reasoning ?? "";
    const content = delta?.content ?? plain ?? "";
    return [
      ...(reasoning === "" ? [] : [{ kind: "reasoning-delta" as const, text: reasoning }]),
      ...(content === "" ? [] : [{ kind: "text-delta" as const, text: content }]),
    ];
  });
}

interface Cut {
  readonly parts: readonly Delta[];
  readonly stopped: boolean;
}

/** Stop strings count in the answer alone, as they do on a server. */
function cut(deltas: readonly Delta[], stops: StopMatcher): Cut {
  const parts: Delta[] = [];
  for (const delta of deltas) {
    if (delta.kind === "reasoning-delta") {
      parts.push(delta);
      continue;
    }
    const { text: settled, stopped } = stops.push(delta.text);
    if (settled !== "") parts.push({ kind: "text-delta", text: settled });
    if (stopped) return { parts, stopped };
  }
  return { parts, stopped: false };
}

function reasonOf({ choices }: Chunk): StopReason | undefined {
  const ended = choices.find(({ finish_reason }) => finish_reason);
  if (!ended) return undefined;
  return ended.finish_reason === "length" ? "length" : "stop";
}

function usageOf({ usage, timings }: Chunk): Usage | undefined {
  if (usage) {
    return {
      prompt: usage.prompt_tokens,
      cached: usage.prompt_tokens_details?.cached_tokens ?? timings?.cache_n ?? 0,
      reasoning: usage.completion_tokens_details?.reasoning_tokens ?? 0,
      generated: usage.completion_tokens ?? 0,
    };
  }
  if (!timings) return undefined;
  const { cache_n: cached, prompt_n, predicted_n: generated } = timings;
  return { prompt: cached + prompt_n, cached, reasoning: 0, generated };
}
