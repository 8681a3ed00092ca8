/**
 * A model that Ollama serves, as the contract with every model.
 *
 * Invariant: every request carries the same runner options, since another value of one of them makes Ollama load
 * the model anew; and Ollama is told not to cut a prompt, which it would do without a word.
 */

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
import { neutralPrompt } from "../../model/neutral-text.ts";
import { type PromptPiece, promptToString } from "../../model/prompt.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import type { HttpClient } from "../http/http-client.ts";
import { anyOf } from "./any-of.ts";
import type { ModelOptions, OllamaApi } from "./ollama-api.ts";
import { ollamaStream } from "./ollama-stream.ts";
import type { Vocabulary } from "./vocabulary.ts";

export interface OllamaRuntimeOptions {
  readonly client: HttpClient;
  readonly api: OllamaApi;
  readonly url: URL;
  readonly model: ModelOptions;
  readonly vocabulary: Vocabulary;
  /** Whether it can be told to think, or not to. */
  readonly thinks: boolean;
}

/** What one request can leave to be computed for nobody, in tokens of the prompt. */
const mostUnseenTokens = 512;
const certain: Sampling = { temperature: 0 };

export class OllamaRuntime implements ModelRuntime {
  readonly #options: OllamaRuntimeOptions;
  readonly #controls: RegExp | undefined;
  /** The last prompt of completions: what Ollama may still hold of it. */
  #held = "";

  constructor(options: OllamaRuntimeOptions) {
    this.#options = options;
    this.#controls = anyOf(options.vocabulary.controls);
  }

  async *infill(request: InfillRequest, signal: AbortSignal): AsyncGenerator<StreamPart, void> {
    const prompt = this.#render(request.prompt);
    if (await this.#warm(prompt, signal)) yield* this.#generate(prompt, request, signal);
    else yield { kind: "stream-end", reason: "aborted", usage: noUsage };
  }

  async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<StreamPart, void> {
    const { messages, thinkingTokens } = request;
    // Where Ollama has one slot, the chat takes it.
    this.#held = "";
    const body = {
      ...this.#common(request),
      messages: messages.map(({ role, text: content }) => ({ role, content })),
      ...(this.#options.thinks ? { think: thinkingTokens !== 0 } : {}),
    };
    yield* ollamaStream({ ...this.#options, path: "api/chat", body }, signal);
  }

  embed({ texts }: EmbedRequest, signal: AbortSignal): Promise<readonly Float32Array[]> {
    const { api, model } = this.#options;
    this.#held = "";
    return api
      .embed({ ...model, texts }, signal)
      .then((vectors) => vectors.map((vector) => Float32Array.from(vector)));
  }

  /** Ollama counts for nobody: it is done here, with the model's own vocabulary. See `Vocabulary`. */
  countTokens(text: string): Promise<number> {
    return Promise.resolve(this.#options.vocabulary.countTokens(text));
  }

  /** Ollama cannot compute a prompt without one token of an answer. */
  async warm({ prompt: pieces }: WarmRequest, signal: AbortSignal): Promise<Usage> {
    const prompt = this.#render(pieces);
    const warmed = await this.#warm(prompt, signal);
    const usage = warmed ? await this.#step(prompt, signal) : undefined;
    if (usage) return { ...usage, generated: 0 };
    throw signal.reason;
  }

  #generate(
    prompt: string,
    request: Pick<InfillRequest, "maxTokens" | "stop" | "sampling">,
    signal: AbortSignal,
  ): AsyncGenerator<StreamPart, void> {
    const body = { ...this.#common(request), prompt, raw: true, think: false };
    return ollamaStream({ ...this.#options, path: "api/generate", body }, signal);
  }

  /**
   * Ollama looks whether anybody still listens only when it has a token to send: a long prompt whose request was
   * aborted it computes to the end. So it gets one in steps. False when `signal` has aborted.
   */
  async #warm(prompt: string, signal: AbortSignal): Promise<boolean> {
    let known = commonLength(this.#held, prompt);
    for (;;) {
      const step = this.#stepLength(prompt.slice(known));
      if (signal.aborted) return false;
      if (known + step >= prompt.length) break;
      known += step;
      if (!(await this.#step(prompt.slice(0, known), signal))) return false;
      this.#held = prompt.slice(0, known);
    }
    this.#held = prompt;
    return true;
  }

  /** Characters that are no more tokens than one step may have. */
  #stepLength(text: string): number {
    let length = Math.min(text.length, 8 * mostUnseenTokens);
    while (this.#options.vocabulary.countTokens(text.slice(0, length)) > mostUnseenTokens)
      length = Math.floor(length / 2);
    return length;
  }

  async #step(prompt: string, signal: AbortSignal): Promise<Usage | undefined> {
    const request = { maxTokens: 1, stop: [], sampling: certain };
    for await (const part of this.#generate(prompt, request, signal)) {
      if (part.kind === "stream-end") return part.reason === "aborted" ? undefined : part.usage;
    }
    return undefined;
  }

  #render(pieces: readonly PromptPiece[]): string {
    const { vocabulary, model } = this.#options;
    const missing = pieces.find((piece) => piece.kind === "control" && !vocabulary.has(piece.token));
    if (missing?.kind === "control") {
      throw new RuntimeError("capability-missing", "The model has no token {0}.", {
        values: [missing.token],
      });
    }
    // Of the thousands that some models have, the few that stand in this prompt.
    const spelled = this.#controls ? promptToString(pieces).match(this.#controls) : null;
    const prompt = neutralPrompt(pieces, [...new Set(spelled)]);
    const tokens = vocabulary.countTokens(prompt);
    const most = model.options.num_ctx;
    // An estimate refuses nothing: Ollama does where the prompt is too long after all.
    if (!vocabulary.exact || tokens < most) return prompt;
    throw new RuntimeError("context-overflow", "The prompt has {0} tokens, the model's context holds {1}.", {
      values: [tokens, most],
    });
  }

  #common({ maxTokens, stop, sampling }: Pick<InfillRequest, "maxTokens" | "stop" | "sampling">) {
    const { model } = this.#options;
    const options = { ...model.options, ...samplers(sampling), num_predict: maxTokens, stop };
    return { ...model, options, truncate: false, shift: false };
  }
}

const noUsage: Usage = { prompt: 0, cached: 0, reasoning: 0, generated: 0 };

/** All of them named, since the model's own file may set others. */
function samplers({ temperature, topK, topP, minP, repeatPenalty, seed }: Sampling) {
  return {
    temperature,
    top_k: topK ?? 0,
    top_p: topP ?? 1,
    min_p: minP ?? 0,
    repeat_penalty: repeatPenalty ?? 1,
    ...(seed === undefined ? {} : { seed }),
  };
}

function commonLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return length;
}
