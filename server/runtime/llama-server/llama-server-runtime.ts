/**
 * The model contract over llama.cpp's own server. Prompts go as tokens, so that text can never spell a control
 * token; a long prompt goes in steps, since until its first token the server looks for a closed connection only
 * once a second, and would compute all of it for nobody.
 */

import * as v from "valibot";
import type {
  ChatRequest,
  EmbedRequest,
  InfillRequest,
  ModelRuntime,
  Sampling,
  StreamPart,
  Usage,
  WarmRequest,
} from "../../model/model-runtime.ts";
import type { PromptPiece } from "../../model/prompt.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { chatCompletions } from "../http/chat-completions.ts";
import type { HttpClient } from "../http/http-client.ts";
import { saidError, strangerError } from "../http/http-errors.ts";
import { serverSentEvents } from "../http/server-sent-events.ts";

export interface LlamaServerRuntimeOptions {
  readonly client: HttpClient;
  readonly url: URL;
  readonly model: string;
  readonly contextTokens: number;
}

/** What one request can leave to be computed for nobody, in tokens of the prompt. */
const mostUnseenTokens = 512;
const quickMs = 10_000;
/** A step of a prompt on a slow machine, and a batch of texts to embed. */
const slowMs = 300_000;

const count = v.pipe(v.number(), v.integer());
const tokensSchema = v.object({ tokens: v.array(count) });
const timingsSchema = v.object({ cache_n: count, prompt_n: count, predicted_n: count });
const stepSchema = v.object({ timings: timingsSchema });
const chunkSchema = v.union([
  v.object({ content: v.string(), stop: v.literal(false), timings: timingsSchema }),
  v.object({ content: v.string(), stop: v.literal(true), stop_type: v.string(), timings: timingsSchema }),
  v.object({ error: v.object({ message: v.string() }) }),
]);
const embeddingsSchema = v.object({
  data: v.array(v.object({ index: count, embedding: v.array(v.number()) })),
});

export class LlamaServerRuntime implements ModelRuntime {
  readonly #options: LlamaServerRuntimeOptions;
  /** The tokens of the last prompt of completions: what the server may still hold of it. */
  #held: readonly number[] = [];

  constructor(options: LlamaServerRuntimeOptions) {
    this.#options = options;
  }

  async *infill(request: InfillRequest, signal: AbortSignal): AsyncGenerator<StreamPart, void> {
    const { client, url } = this.#options;
    let usage = noUsage;
    try {
      const tokens = await this.#tokens(request.prompt, signal);
      const warmed = await this.#warm(tokens, signal);
      const body = {
        prompt: tokens,
        stream: true,
        timings_per_token: true,
        cache_prompt: true,
        n_predict: request.maxTokens,
        stop: request.stop,
        ...samplers(request.sampling),
      };
      const chunks = client.stream({ method: "POST", path: "completion", body }, signal);
      for await (const data of serverSentEvents(chunks)) {
        const chunk = v.safeParse(v.pipe(v.string(), v.parseJson(), chunkSchema), data);
        if (!chunk.success) throw strangerError(client.name, url);
        if ("error" in chunk.output)
          throw saidError(client.name, chunk.output.error.message, "runtime-crashed");
        usage = usageOf(chunk.output.timings, warmed);
        if (chunk.output.content !== "") yield { kind: "text-delta", text: chunk.output.content };
        if (!chunk.output.stop) continue;
        const reason = chunk.output.stop_type === "limit" ? "length" : "stop";
        yield { kind: "stream-end", reason, usage };
        return;
      }
      throw new RuntimeError("runtime-crashed", "{0} at {1} broke off in the middle of an answer.", {
        values: [client.name, url.origin],
      });
    } catch (error) {
      if (!signal.aborted) throw error;
      yield { kind: "stream-end", reason: "aborted", usage };
    }
  }

  async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<StreamPart, void> {
    const { thinkingTokens: budget } = request;
    const extra = {
      ...samplers(request.sampling),
      cache_prompt: true,
      reasoning_format: "deepseek",
      ...(budget === undefined ? {} : { chat_template_kwargs: { enable_thinking: budget > 0 } }),
    };
    yield* chatCompletions(request, { ...this.#options, extra }, signal);
  }

  async embed(request: EmbedRequest, signal: AbortSignal): Promise<readonly Float32Array[]> {
    const { client, model } = this.#options;
    const body = { model, input: request.texts, encoding_format: "float" };
    const answer = {
      method: "POST",
      path: "v1/embeddings",
      body,
      schema: embeddingsSchema,
      limitMs: slowMs,
    } as const;
    const { data } = await client.json(answer, signal);
    return data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => Float32Array.from(embedding));
  }

  /** Whether each of these is one token of the model's. */
  async hasControls(tokens: readonly string[], signal: AbortSignal): Promise<boolean> {
    const found = await Promise.all(tokens.map((token) => this.#tokenize(token, true, signal)));
    return found.every(({ length }) => length === 1);
  }

  async countTokens(text: string): Promise<number> {
    return (await this.#tokenize(text, false, AbortSignal.timeout(quickMs))).length;
  }

  async warm(request: WarmRequest, signal: AbortSignal): Promise<Usage> {
    const tokens = await this.#tokens(request.prompt, signal);
    await this.#warm(tokens, signal);
    return this.#step(tokens, signal);
  }

  /** Computes the prompt but for its last step; returns how many tokens of it were computed now. */
  async #warm(tokens: readonly number[], signal: AbortSignal): Promise<number> {
    let known = commonLength(this.#held, tokens);
    let computed = 0;
    while (tokens.length - known > mostUnseenTokens) {
      known += mostUnseenTokens;
      const { prompt, cached } = await this.#step(tokens.slice(0, known), signal);
      computed += prompt - cached;
      this.#held = tokens.slice(0, known);
    }
    this.#held = tokens;
    return computed;
  }

  async #step(prompt: readonly number[], signal: AbortSignal): Promise<Usage> {
    const body = { prompt, n_predict: 0, cache_prompt: true };
    const request = {
      method: "POST",
      path: "completion",
      body,
      schema: stepSchema,
      limitMs: slowMs,
    } as const;
    const { timings } = await this.#options.client.json(request, signal);
    return { ...usageOf(timings, 0), generated: 0 };
  }

  async #tokens(prompt: readonly PromptPiece[], signal: AbortSignal): Promise<readonly number[]> {
    const pieces = await Promise.all(
      prompt.map((piece) =>
        piece.kind === "text"
          ? this.#tokenize(piece.text, false, signal)
          : this.#control(piece.token, signal),
      ),
    );
    const tokens = pieces.flat();
    const { contextTokens } = this.#options;
    if (tokens.length < contextTokens) return tokens;
    throw new RuntimeError("context-overflow", "The prompt has {0} tokens, the model's context holds {1}.", {
      values: [tokens.length, contextTokens],
    });
  }

  async #control(token: string, signal: AbortSignal): Promise<readonly number[]> {
    const ids = await this.#tokenize(token, true, signal);
    if (ids.length === 1) return ids;
    throw new RuntimeError("capability-missing", "The model has no token {0}.", { values: [token] });
  }

  async #tokenize(content: string, special: boolean, signal: AbortSignal): Promise<readonly number[]> {
    if (content === "") return [];
    const body = { content, add_special: false, parse_special: special };
    const request = {
      method: "POST",
      path: "tokenize",
      body,
      schema: tokensSchema,
      limitMs: quickMs,
    } as const;
    return (await this.#options.client.json(request, signal)).tokens;
  }
}

const noUsage: Usage = { prompt: 0, cached: 0, reasoning: 0, generated: 0 };

/** `warmed` tokens count as computed for this request, though the last step found them in the cache. */
function usageOf(timings: v.InferOutput<typeof timingsSchema>, warmed: number): Usage {
  const { cache_n, prompt_n, predicted_n } = timings;
  return { prompt: cache_n + prompt_n, cached: cache_n - warmed, reasoning: 0, generated: predicted_n };
}

/** All of them named, since the server's own for infill end an answer at the first doubt. */
function samplers({ temperature, topK, topP, minP, repeatPenalty, seed }: Sampling) {
  return {
    temperature,
    top_k: topK ?? 0,
    top_p: topP ?? 1,
    min_p: minP ?? 0,
    repeat_penalty: repeatPenalty ?? 1,
    samplers: ["penalties", "top_k", "top_p", "min_p", "temperature"],
    ...(seed === undefined ? {} : { seed }),
  };
}

function commonLength(a: readonly number[], b: readonly number[]): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return length;
}
