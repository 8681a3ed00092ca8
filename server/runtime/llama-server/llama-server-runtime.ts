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
import { RuntimeError } from "../../model/runtime-error.ts";
import { ThinkingMeter } from "../embedded/thinking-meter.ts";
import { embeddings } from "../http/embeddings.ts";
import type { HttpClient } from "../http/http-client.ts";
import { brokenOffError, saidError, strangerError } from "../http/http-errors.ts";
import { serverSentEvents } from "../http/server-sent-events.ts";
import { PromptTokens } from "./prompt-tokens.ts";
import { commonLength, type ServerSlot, ServerSlots } from "./server-slots.ts";

export interface LlamaServerRuntimeOptions {
  readonly client: HttpClient;
  readonly url: URL;
  readonly model: string;
  readonly contextTokens: number;
  readonly slots: number;
}

/** What one request can leave to be computed for nobody, in tokens of the prompt. */
const mostUnseenTokens = 512;
/** Pieces of a stream that may come without a token of their own: an end, text that was held back. */
const mostPiecesBeside = 16;
const quickMs = 10_000;
/** A step of a prompt on a slow machine. */
const slowMs = 300_000;

const count = v.pipe(v.number(), v.integer());
const timingsSchema = v.object({ cache_n: count, prompt_n: count, predicted_n: count });
const stepSchema = v.object({ timings: timingsSchema });
const chunkSchema = v.union([
  v.object({ content: v.string(), stop: v.literal(false), timings: timingsSchema }),
  v.object({ content: v.string(), stop: v.literal(true), stop_type: v.string(), timings: timingsSchema }),
  v.object({ error: v.object({ message: v.string() }) }),
]);
type Chunk = Exclude<v.InferOutput<typeof chunkSchema>, { readonly error: unknown }>;

/** One answer to be generated. */
interface Work extends Pick<InfillRequest, "maxTokens" | "stop" | "sampling" | "priority"> {
  /** Called within the answer, so that an abort meanwhile ends it as any other. */
  readonly prompt: () => Promise<Prompt>;
  readonly thinkingTokens?: number | undefined;
}

interface Prompt {
  readonly tokens: readonly number[];
  readonly opening: string;
}

export class LlamaServerRuntime implements ModelRuntime {
  readonly #options: LlamaServerRuntimeOptions;
  readonly #tokens: PromptTokens;
  readonly #slots: ServerSlots;

  constructor(options: LlamaServerRuntimeOptions) {
    this.#options = options;
    this.#tokens = new PromptTokens(options.client);
    this.#slots = new ServerSlots(options.slots);
  }

  infill(request: InfillRequest, signal: AbortSignal): AsyncIterable<StreamPart> {
    const prompt = async () => ({ tokens: await this.#tokens.ofPrompt(request.prompt, signal), opening: "" });
    return this.#answer({ ...request, prompt }, signal);
  }

  chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<StreamPart> {
    return this.#answer({ ...request, prompt: () => this.#tokens.ofChat(request, signal) }, signal);
  }

  embed(request: EmbedRequest, signal: AbortSignal): Promise<readonly Float32Array[]> {
    return embeddings(request, this.#options, signal);
  }

  hasControls(tokens: readonly string[], signal: AbortSignal): Promise<boolean> {
    return this.#tokens.hasControls(tokens, signal);
  }

  countTokens(text: string): Promise<number> {
    return this.#tokens.count(text, AbortSignal.timeout(quickMs));
  }

  async warm({ prompt, priority }: WarmRequest, signal: AbortSignal): Promise<Usage> {
    const tokens = this.#fitting(await this.#tokens.ofPrompt(prompt, signal));
    const claimed = this.#slots.claim(priority, tokens);
    try {
      const computed = await this.#warm(claimed.slot, tokens, signal);
      return { ...usageOf(await this.#step(claimed.slot, tokens, signal), computed), generated: 0 };
    } finally {
      claimed.dispose();
    }
  }

  /** Ends with one `stream-end`, also when `signal` aborts. */
  async *#answer(work: Work, signal: AbortSignal): AsyncGenerator<StreamPart, void> {
    const { client, url } = this.#options;
    let usage = noUsage;
    try {
      const { tokens, opening } = await work.prompt();
      const claimed = this.#slots.claim(work.priority, this.#fitting(tokens));
      const { slot } = claimed;
      try {
        const warmed = await this.#warm(slot, tokens, signal);
        if (opening !== "") yield { kind: "text-delta", text: opening };
        if (work.maxTokens === 0) {
          usage = { ...usageOf(await this.#step(slot, tokens, signal), warmed), generated: 0 };
          return yield { kind: "stream-end", reason: "length", usage };
        }
        const thinking = new ReasoningCount(opening);
        let pieces = 0;
        for await (const chunk of this.#generate({ ...work, tokens, opening }, slot, signal)) {
          const reasoning = thinking.count(chunk.content, chunk.timings.predicted_n);
          usage = { ...usageOf(chunk.timings, warmed), reasoning };
          if (++pieces > work.maxTokens + mostPiecesBeside) throw this.#endless(work.maxTokens);
          if (chunk.content !== "") yield { kind: "text-delta", text: chunk.content };
          if (!chunk.stop) continue;
          const reason = chunk.stop_type === "limit" ? "length" : "stop";
          return yield { kind: "stream-end", reason, usage };
        }
        if (!signal.aborted)
          throw pieces === 0 ? strangerError(client.name, url) : brokenOffError(client.name, url);
      } finally {
        claimed.dispose();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    yield { kind: "stream-end", reason: "aborted", usage };
  }

  async *#generate(
    work: Work & Prompt,
    { id }: ServerSlot,
    signal: AbortSignal,
  ): AsyncGenerator<Chunk, void> {
    const { client, url } = this.#options;
    const body = {
      prompt: work.tokens,
      stream: true,
      timings_per_token: true,
      cache_prompt: true,
      id_slot: id,
      n_predict: work.maxTokens,
      stop: work.stop,
      preserved_tokens: ["<think>", "</think>"],
      ...thinkingLimit(work),
      ...samplers(work.sampling),
    };
    const chunks = client.stream({ method: "POST", path: "completion", body }, signal);
    for await (const data of serverSentEvents(chunks)) {
      const chunk = v.safeParse(v.pipe(v.string(), v.parseJson(), chunkSchema), data);
      if (!chunk.success) throw strangerError(client.name, url);
      if ("error" in chunk.output)
        throw saidError(client.name, chunk.output.error.message, "runtime-crashed");
      yield chunk.output;
    }
  }

  /** Computes the prompt but for its last step; returns how many tokens of it were computed now. */
  async #warm(slot: ServerSlot, tokens: readonly number[], signal: AbortSignal): Promise<number> {
    let known = commonLength(slot.held, tokens);
    let computed = 0;
    while (tokens.length - known > mostUnseenTokens) {
      known += mostUnseenTokens;
      computed += (await this.#step(slot, tokens.slice(0, known), signal)).prompt_n;
      slot.held = tokens.slice(0, known);
    }
    slot.held = tokens;
    return computed;
  }

  async #step({ id }: ServerSlot, prompt: readonly number[], signal: AbortSignal): Promise<Timings> {
    const body = { prompt, n_predict: 0, cache_prompt: true, id_slot: id };
    const request = { method: "POST", path: "completion", body, schema: stepSchema } as const;
    return (await this.#options.client.json({ ...request, limitMs: slowMs }, signal)).timings;
  }

  #fitting(tokens: readonly number[]): readonly number[] {
    const { contextTokens } = this.#options;
    if (tokens.length < contextTokens) return tokens;
    throw new RuntimeError("context-overflow", "The prompt has {0} tokens, the model's context holds {1}.", {
      values: [tokens.length, contextTokens],
    });
  }

  #endless(asked: number): RuntimeError {
    return new RuntimeError("refused", "{0} writes more than the {1} tokens that it was asked for.", {
      values: [this.#options.client.name, asked],
    });
  }
}

/** Counts the tokens of the thought by what the server says of all: a chunk may hold several. */
class ReasoningCount {
  readonly #meter: ThinkingMeter;
  #open: boolean;
  #tokens = 0;

  constructor(opening: string) {
    this.#meter = new ThinkingMeter(opening);
    this.#open = opening !== "";
  }

  count(text: string, generated: number): number {
    const open = this.#meter.count(text) > 0;
    if (this.#open) this.#tokens = generated;
    this.#open = open;
    return this.#tokens;
  }
}

type Timings = v.InferOutput<typeof timingsSchema>;
const noUsage: Usage = { prompt: 0, cached: 0, reasoning: 0, generated: 0 };

/** `warmed` tokens count as computed for this request, though the last step found them in the cache. */
function usageOf({ cache_n, prompt_n, predicted_n }: Timings, warmed: number): Usage {
  return { prompt: cache_n + prompt_n, cached: cache_n - warmed, reasoning: 0, generated: predicted_n };
}

/** The server itself ends the thought that has used up its tokens. */
function thinkingLimit({ thinkingTokens, opening }: Work & Prompt): Readonly<Record<string, unknown>> {
  if (thinkingTokens === undefined) return {};
  return {
    reasoning_budget_tokens: thinkingTokens,
    reasoning_budget_start_tag: "<think>",
    reasoning_budget_end_tags: ["</think>"],
    reasoning_budget_message: "\n",
    generation_prompt: opening,
  };
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
