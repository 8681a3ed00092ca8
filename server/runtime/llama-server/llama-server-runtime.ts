/**
 * The model contract over llama.cpp's own server. Prompts go as tokens, so that text can never spell a control
 * token, and a long one goes in steps.
 */

import type {
  ChatRequest,
  EmbedRequest,
  InfillRequest,
  StreamPart,
  Usage,
  WarmRequest,
} from "../../model/model-runtime.ts";
import { embeddings } from "../http/embeddings.ts";
import type { HttpClient } from "../http/http-client.ts";
import type { ResumableAnswer, ResumingRuntime } from "../scheduler/resumable.ts";
import { PromptSteps } from "./prompt-steps.ts";
import { PromptTokens } from "./prompt-tokens.ts";
import { type AnswerPorts, ServerAnswer, tooLong, type Work } from "./server-answer.ts";
import { ServerSlots } from "./server-slots.ts";

export interface LlamaServerRuntimeOptions {
  readonly client: HttpClient;
  readonly url: URL;
  readonly model: string;
  readonly contextTokens: number;
  readonly slots: number;
}

const quickMs = 10_000;

export class LlamaServerRuntime implements ResumingRuntime {
  readonly #options: LlamaServerRuntimeOptions;
  readonly #tokens: PromptTokens;
  readonly #slots: ServerSlots;
  readonly #steps: PromptSteps;

  constructor(options: LlamaServerRuntimeOptions) {
    this.#options = options;
    this.#tokens = new PromptTokens(options.client);
    this.#slots = new ServerSlots(options.slots);
    this.#steps = new PromptSteps(options.client);
  }

  infill(request: InfillRequest, signal: AbortSignal): AsyncIterable<StreamPart> {
    const prompt = async () => ({ tokens: await this.#tokens.ofPrompt(request.prompt, signal), opening: "" });
    return this.#answer({ ...request, prompt }).run(signal);
  }

  chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<StreamPart> {
    return this.answer(request).run(signal);
  }

  answer(request: ChatRequest): ResumableAnswer {
    return this.#answer({ ...request, prompt: (signal) => this.#tokens.ofChat(request, signal) });
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
    const { contextTokens } = this.#options;
    const tokens = await this.#tokens.ofPrompt(prompt, signal);
    if (tokens.length >= contextTokens) throw tooLong(tokens.length, contextTokens);
    const claimed = this.#slots.claim(priority, tokens);
    const { slot } = claimed;
    try {
      const computed = await this.#steps.warm(slot, tokens, signal);
      const { cache_n, prompt_n } = await this.#steps.step(slot, tokens, signal);
      return { prompt: cache_n + prompt_n, cached: cache_n - computed, reasoning: 0, generated: 0 };
    } finally {
      claimed.dispose();
    }
  }

  #answer(work: Work): ServerAnswer {
    const ports: AnswerPorts = {
      ...this.#options,
      slots: this.#slots,
      steps: this.#steps,
      tokensOf: (text, signal) => this.#tokens.ofPrompt([{ kind: "text", text }], signal),
    };
    return new ServerAnswer(ports, work);
  }
}
