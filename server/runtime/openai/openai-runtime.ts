/**
 * The model contract over the protocol that OpenAI began: vLLM, SGLang, LM Studio, llama.cpp, a gateway.
 * Completions go raw, with the control tokens of the model's family, since few servers know a suffix; what the
 * text itself spells of such tokens is broken, since these servers tokenise a prompt as one string.
 */

import * as v from "valibot";
import type {
  ChatRequest,
  EmbedRequest,
  InfillRequest,
  ModelRuntime,
  StreamPart,
  Usage,
  WarmRequest,
} from "../../model/model-runtime.ts";
import { neutralPrompt, neutralText } from "../../model/neutral-text.ts";
import type { PromptPiece } from "../../model/prompt.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { answerStream } from "../http/answer-stream.ts";
import { chatCompletions } from "../http/chat-completions.ts";
import { embeddings } from "../http/embeddings.ts";
import type { HttpClient } from "../http/http-client.ts";
import {
  accountFields,
  controlTokenFields,
  type Dialect,
  mostStops,
  samplerFields,
  thinkingFields,
} from "./dialect.ts";
import { ReasoningSplitter } from "./split-reasoning.ts";
import type { TokenCounter } from "./token-counter.ts";

export interface OpenAiRuntimeOptions {
  readonly client: HttpClient;
  readonly url: URL;
  /** As the server names it. */
  readonly model: string;
  readonly dialect: Dialect;
  /** The family's control tokens. */
  readonly tokens: readonly string[];
  readonly reasons: boolean;
  readonly counter: TokenCounter;
}

/** A prompt on a slow machine. */
const slowMs = 300_000;
const quickMs = 10_000;

const count = v.optional(v.nullable(v.number()), 0);
const warmSchema = v.object({
  usage: v.object({
    prompt_tokens: v.number(),
    prompt_tokens_details: v.nullish(v.object({ cached_tokens: count })),
  }),
});

export class OpenAiRuntime implements ModelRuntime {
  readonly #options: OpenAiRuntimeOptions;
  readonly #splitter: ReasoningSplitter;
  readonly #known = new Set<string>();

  constructor(options: OpenAiRuntimeOptions) {
    this.#options = options;
    this.#splitter = new ReasoningSplitter(options);
  }

  async *infill(request: InfillRequest, signal: AbortSignal): AsyncGenerator<StreamPart, void> {
    const { client, url, model, dialect } = this.#options;
    const { maxTokens, stop, sampling } = request;
    try {
      if (!signal.aborted) await this.#checkControls(request.prompt, signal);
      if (maxTokens === 0 && !signal.aborted) {
        const usage = await this.warm(request, signal);
        yield { kind: "stream-end", reason: "length", usage };
        return;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    const body = {
      model,
      prompt: this.#prompt(request.prompt),
      stream: true,
      max_tokens: maxTokens,
      ...(stop.length > 0 ? { stop: stop.slice(0, mostStops(dialect)) } : {}),
      temperature: sampling.temperature,
      top_p: sampling.topP,
      seed: sampling.seed,
      ...accountFields(dialect),
      ...samplerFields(sampling, dialect),
      ...controlTokenFields(dialect),
    };
    yield* answerStream({ client, url, path: "v1/completions", body, stop }, signal);
  }

  chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<StreamPart> {
    const { dialect } = this.#options;
    const messages = request.messages.map(({ role, text }) => ({ role, text: neutralText(text) }));
    const extra = {
      ...(request.stop.length > 0 ? { stop: request.stop.slice(0, mostStops(dialect)) } : {}),
      ...accountFields(dialect),
      ...samplerFields(request.sampling, dialect),
      ...thinkingFields(request.thinkingTokens, dialect),
    };
    const parts = chatCompletions({ ...request, messages }, { ...this.#options, extra }, signal);
    const split = this.#splitter.split(parts);
    return request.thinkingTokens === 0 ? withoutReasoning(split) : split;
  }

  embed(request: EmbedRequest, signal: AbortSignal): Promise<readonly Float32Array[]> {
    return embeddings(request, this.#options, signal);
  }

  countTokens(text: string): Promise<number> {
    return this.#options.counter.count(text, AbortSignal.timeout(quickMs));
  }

  async warm({ prompt }: WarmRequest, signal: AbortSignal): Promise<Usage> {
    signal.throwIfAborted();
    await this.#checkControls(prompt, signal);
    const { client, model, dialect } = this.#options;
    const body = {
      model,
      prompt: this.#prompt(prompt),
      // The others refuse to generate nothing.
      max_tokens: dialect === "llama.cpp" ? 0 : 1,
      temperature: 0,
    };
    const request = {
      method: "POST",
      path: "v1/completions",
      body,
      schema: warmSchema,
      limitMs: slowMs,
    } as const;
    const { usage } = await client.json(request, signal);
    const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
    return { prompt: usage.prompt_tokens, cached, reasoning: 0, generated: 0 };
  }

  #prompt(prompt: readonly PromptPiece[]): string {
    return neutralPrompt(prompt, this.#options.tokens);
  }

  /** Rejects with `capability-missing` where the server can be asked and says that the model has no such token. */
  async #checkControls(prompt: readonly PromptPiece[], signal: AbortSignal): Promise<void> {
    for (const piece of prompt) {
      if (piece.kind === "text" || this.#known.has(piece.token)) continue;
      const { token } = piece;
      if ((await this.#options.counter.hasControls([token], signal)) === false)
        throw new RuntimeError("capability-missing", "The model has no token {0}.", { values: [token] });
      this.#known.add(token);
    }
  }
}

/** Not every server can tell a model not to think; what it then thinks is not passed on. */
async function* withoutReasoning(parts: AsyncIterable<StreamPart>): AsyncGenerator<StreamPart, void> {
  for await (const part of parts) {
    if (part.kind === "text-delta") yield part;
    if (part.kind === "stream-end") yield { ...part, usage: { ...part.usage, reasoning: 0 } };
  }
}
