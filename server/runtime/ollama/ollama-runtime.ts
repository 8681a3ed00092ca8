/** A model that Ollama serves, as the contract with every model. */

import { type FimFamily, type FimParts, fimStops } from "../../model/fim.ts";
import {
  type ChatRequest,
  type EmbedRequest,
  type InfillRequest,
  noUsage,
  type StreamPart,
  type Usage,
  type WarmRequest,
} from "../../model/model-runtime.ts";
import type { ResumableAnswer, ResumingRuntime } from "../scheduler/resumable.ts";
import { OllamaPrompts, type OllamaPromptsOptions, partsOf } from "./ollama-prompts.ts";
import { aborted, OllamaTurns, type OllamaTurnsOptions } from "./ollama-turns.ts";
import { ReasonedAnswer } from "./reasoned-answer.ts";

export interface OllamaRuntimeOptions extends OllamaPromptsOptions, OllamaTurnsOptions {
  /**
   * Set where only the model's own template knows how to ask it to fill in the middle: the family whose form the
   * prompts come in, to be taken apart again.
   */
  readonly templateFim?: FimFamily;
}

export class OllamaRuntime implements ResumingRuntime {
  readonly #options: OllamaRuntimeOptions;
  readonly #prompts: OllamaPrompts;
  readonly #turns: OllamaTurns;

  constructor(options: OllamaRuntimeOptions) {
    this.#options = options;
    this.#prompts = new OllamaPrompts(options);
    this.#turns = new OllamaTurns(options);
  }

  async *infill(request: InfillRequest, signal: AbortSignal): AsyncGenerator<StreamPart, void> {
    const { templateFim } = this.#options;
    if (templateFim) return yield* this.#inserted(partsOf(request.prompt, templateFim), request, signal);
    yield* this.#turns.answer(this.#prompts.ofPieces(request.prompt), request, signal);
  }

  chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<StreamPart> {
    return this.answer(request).run(signal);
  }

  /** One whose prompt only Ollama knows cannot be gone on with. */
  answer(request: ChatRequest): ResumableAnswer {
    let reasoned: ReasonedAnswer | undefined;
    const run = async function* (this: OllamaRuntime, signal: AbortSignal) {
      try {
        reasoned ??= await this.#reasoned(request, signal);
        yield* reasoned ? reasoned.run(signal) : this.#served(request, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
        yield aborted;
      }
    };
    return {
      get resumes() {
        return reasoned !== undefined;
      },
      run: run.bind(this),
    };
  }

  async embed({ texts }: EmbedRequest, signal: AbortSignal): Promise<readonly Float32Array[]> {
    const { api, model } = this.#options;
    this.#turns.forget();
    const vectors = await api.embed({ ...model, texts }, signal);
    return vectors.map((vector) => Float32Array.from(vector));
  }

  /** Ollama counts for nobody: it is done here, with the model's own vocabulary. See `Vocabulary`. */
  countTokens(text: string): Promise<number> {
    return Promise.resolve(this.#options.vocabulary.countTokens(text));
  }

  async warm({ prompt }: WarmRequest, signal: AbortSignal): Promise<Usage> {
    // Nobody but Ollama knows the prompt.
    if (this.#options.templateFim) return noUsage;
    const tokens = await this.#turns.warm(this.#prompts.ofPieces(prompt), signal);
    if (tokens !== undefined) return { ...noUsage, prompt: tokens };
    throw signal.reason;
  }

  /** What is before and behind the gap; the template says the rest, and the model's own file where to stop. */
  #inserted(
    { prefix, suffix }: FimParts,
    request: InfillRequest,
    signal: AbortSignal,
  ): AsyncIterable<StreamPart> {
    const { templateFim } = this.#options;
    const foreign = new Set(templateFim ? fimStops(templateFim) : []);
    const stop = request.stop.filter((token) => !foreign.has(token));
    const body = {
      ...this.#turns.common(this.#turns.withOwnStops({ ...request, stop })),
      prompt: this.#prompts.neutral(prefix),
      suffix: this.#prompts.neutral(suffix),
      ...(this.#options.thinks ? { think: false } : {}),
    };
    return this.#turns.whole("api/generate", body, signal);
  }

  /** Undefined where only Ollama can render the conversation. */
  async #reasoned(request: ChatRequest, signal: AbortSignal): Promise<ReasonedAnswer | undefined> {
    const prompt = await this.#prompts.ofChat(request, signal);
    if (prompt === undefined) return undefined;
    this.#prompts.checkLength(prompt);
    const { maxTokens, thinkingTokens = Infinity } = request;
    const asked = this.#turns.withOwnStops(request);
    const ports = {
      generate: (text: string, most: number, until: AbortSignal) =>
        this.#turns.answer(text, { ...asked, maxTokens: most }, until),
      promptTokens: (text: string) => this.#options.vocabulary.promptTokens(text),
    };
    return new ReasonedAnswer(ports, { prompt, maxTokens, thinkingTokens });
  }

  /** By Ollama's own reading of conversation and answer. An abort before the first token is not seen by it. */
  #served(request: ChatRequest, signal: AbortSignal): AsyncIterable<StreamPart> {
    const { messages, thinkingTokens } = request;
    const body = {
      ...this.#turns.common(this.#turns.withOwnStops(request)),
      messages: messages.map(({ role, text }) => ({ role, content: this.#prompts.neutral(text) })),
      ...(this.#options.thinks ? { think: thinkingTokens !== 0 } : {}),
    };
    return this.#turns.whole("api/chat", body, signal);
  }
}
