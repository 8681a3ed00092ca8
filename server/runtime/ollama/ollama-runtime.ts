/**
 * A model that Ollama serves, as the contract with every model.
 *
 * Invariant: every request carries the same runner options, since another value of one of them makes Ollama load
 * the model anew; and Ollama is told not to cut a prompt, which it would do without a word.
 */

import type { Clock } from "../../base/clock.ts";
import { type FimFamily, type FimParts, fimStops } from "../../model/fim.ts";
import type {
  ChatMessage,
  ChatRequest,
  EmbedRequest,
  InfillRequest,
  ModelRuntime,
  Sampling,
  StreamPart,
  Usage,
  WarmRequest,
} from "../../model/model-runtime.ts";
import { neutralPrompt, neutralText } from "../../model/neutral-text.ts";
import { type PromptPiece, promptToString } from "../../model/prompt.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import type { HttpClient } from "../http/http-client.ts";
import type { ModelOptions, OllamaApi } from "./ollama-api.ts";
import { type OllamaAnswer, ollamaStream } from "./ollama-stream.ts";
import { opensThought, reasonedAnswer } from "./reasoned-answer.ts";
import type { Ask, SlotWatch } from "./slot-watch.ts";
import type { Vocabulary } from "./vocabulary.ts";

export interface OllamaRuntimeOptions {
  readonly client: HttpClient;
  readonly clock: Clock;
  readonly api: OllamaApi;
  readonly url: URL;
  readonly model: ModelOptions;
  readonly watch: SlotWatch;
  readonly vocabulary: Vocabulary;
  /** Whether Ollama can tell it to think, or not to. */
  readonly thinks: boolean;
  readonly reasons: boolean;
  /** Of the model's own file. */
  readonly stops: readonly string[];
  /**
   * Set where only the model's own template knows how to ask it to fill in the middle: the family whose form the
   * prompts come in, to be taken apart again.
   */
  readonly templateFim?: FimFamily;
  /** Whether its answers can be read without Ollama's own parsers. */
  readonly rendered: boolean;
}

/** What one request can leave to be computed for nobody, in tokens of the prompt. */
const mostUnseenTokens = 512;

export class OllamaRuntime implements ModelRuntime {
  readonly #options: OllamaRuntimeOptions;
  /** The last prompt of completions: what Ollama may still hold of it. */
  #held = "";

  constructor(options: OllamaRuntimeOptions) {
    this.#options = options;
  }

  async *infill(request: InfillRequest, signal: AbortSignal): AsyncGenerator<StreamPart, void> {
    const { templateFim } = this.#options;
    if (templateFim) return yield* this.#inserted(partsOf(request.prompt, templateFim), request, signal);
    const prompt = this.#render(request.prompt);
    yield* this.#answer(prompt, request, signal);
  }

  async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<StreamPart, void> {
    try {
      const prompt = await this.#chatPrompt(request, signal);
      yield* prompt === undefined ? this.#served(request, signal) : this.#reasoned(prompt, request, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      yield aborted;
    }
  }

  async embed({ texts }: EmbedRequest, signal: AbortSignal): Promise<readonly Float32Array[]> {
    const { api, model } = this.#options;
    this.#held = "";
    const vectors = await api.embed({ ...model, texts }, signal);
    return vectors.map((vector) => Float32Array.from(vector));
  }

  /** Ollama counts for nobody: it is done here, with the model's own vocabulary. See `Vocabulary`. */
  countTokens(text: string): Promise<number> {
    return Promise.resolve(this.#options.vocabulary.countTokens(text));
  }

  /** Ollama cannot compute a prompt without one token of an answer. */
  async warm({ prompt: pieces }: WarmRequest, signal: AbortSignal): Promise<Usage> {
    // Nobody but Ollama knows the prompt.
    if (this.#options.templateFim) return noUsage;
    const prompt = this.#render(pieces);
    const warmed = await this.#warm(prompt, signal);
    const tokens = warmed ? await this.#step(prompt, { length: prompt.length, fresh: 0 }, signal) : undefined;
    if (tokens !== undefined) return { ...noUsage, prompt: tokens };
    throw signal.reason;
  }

  /** What is before and behind the gap; the template says the rest, and the model's own file where to stop. */
  #inserted(
    { prefix, suffix }: FimParts,
    request: InfillRequest,
    signal: AbortSignal,
  ): AsyncIterable<StreamPart> {
    this.#held = "";
    const { templateFim } = this.#options;
    const foreign = new Set(templateFim ? fimStops(templateFim) : []);
    const stop = request.stop.filter((token) => !foreign.has(token));
    const body = {
      ...this.#common(this.#withOwnStops({ ...request, stop })),
      prompt: neutralText(prefix, this.#spelledIn(prefix)),
      suffix: neutralText(suffix, this.#spelledIn(suffix)),
      ...(this.#options.thinks ? { think: false } : {}),
    };
    return this.#wholeStream("api/generate", body, signal);
  }

  /** The prompt that the model's template makes of the conversation; undefined where only Ollama can know. */
  async #chatPrompt(
    { messages, thinkingTokens }: ChatRequest,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { api, model, thinks, reasons, rendered } = this.#options;
    if (!rendered) return undefined;
    const plain = messages.map((message) => ({
      role: message.role,
      content: neutralText(answerOf(message), this.#spelledIn(message.text)),
    }));
    const think = thinks ? { think: thinkingTokens !== 0 } : {};
    const prompt = await api.render({ ...model, messages: plain, ...think }, signal);
    if (prompt === undefined || thinks || !reasons || thinkingTokens !== 0) return prompt;
    return `${prompt}${opensThought(prompt) ? "" : "<think>\n"}\n</think>\n\n`;
  }

  #reasoned(prompt: string, request: ChatRequest, signal: AbortSignal): AsyncIterable<StreamPart> {
    this.#checkLength(prompt);
    const { maxTokens, thinkingTokens = Infinity } = request;
    const asked = this.#withOwnStops(request);
    const ports = {
      generate: (text: string, most: number, until: AbortSignal) =>
        this.#answer(text, { ...asked, maxTokens: most }, until),
      promptTokens: (text: string) => this.#options.vocabulary.promptTokens(text),
    };
    return reasonedAnswer(ports, { prompt, maxTokens, thinkingTokens }, signal);
  }

  /** By Ollama's own reading of conversation and answer. An abort before the first token is not seen by it. */
  #served(request: ChatRequest, signal: AbortSignal): AsyncIterable<StreamPart> {
    const { messages, thinkingTokens } = request;
    // Where Ollama has one slot, the chat takes it.
    this.#held = "";
    const body = {
      ...this.#common(this.#withOwnStops(request)),
      messages: messages.map(({ role, text }) => ({
        role,
        content: neutralText(text, this.#spelledIn(text)),
      })),
      ...(this.#options.thinks ? { think: thinkingTokens !== 0 } : {}),
    };
    return this.#wholeStream("api/chat", body, signal);
  }

  async *#answer(prompt: string, request: Generate, signal: AbortSignal): AsyncGenerator<StreamPart, void> {
    const fresh = await this.#warm(prompt, signal);
    if (fresh === undefined) return yield aborted;
    // For Ollama no tokens are as many as it likes.
    if (request.maxTokens <= 0) return yield { kind: "stream-end", reason: "length", usage: noUsage };
    const body = { ...this.#common(request), prompt, raw: true, think: false };
    const answer = { ...this.#options, path: "api/generate", body } as const;
    for await (const part of this.#stream(answer, { length: prompt.length, fresh }, signal))
      yield this.#counted(part, prompt);
  }

  /** Of an answer that was left Ollama does not count the prompt. */
  #counted(part: StreamPart, prompt: string): StreamPart {
    if (part.kind !== "stream-end" || part.reason !== "aborted" || part.usage.generated === 0) return part;
    return { ...part, usage: { ...part.usage, prompt: this.#options.vocabulary.promptTokens(prompt) } };
  }

  /** Of a prompt that only Ollama knows, and that it computes as a whole. */
  async *#wholeStream(
    path: OllamaAnswer["path"],
    body: OllamaAnswer["body"],
    signal: AbortSignal,
  ): AsyncGenerator<StreamPart, void> {
    try {
      await this.#options.watch.cleared(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      return yield aborted;
    }
    yield* this.#left(ollamaStream({ ...this.#options, path, body }, signal));
  }

  async *#stream(
    answer: OllamaAnswer,
    prompt: Ask<unknown>["prompt"],
    signal: AbortSignal,
  ): AsyncGenerator<StreamPart, void> {
    const { watch } = this.#options;
    const send = async (until: AbortSignal) => {
      const parts = this.#left(ollamaStream(answer, until));
      return { parts, first: await parts.next() };
    };
    let opened: Awaited<ReturnType<typeof send>> | undefined;
    try {
      opened = await watch.answered({ prompt, send }, signal);
      if (!opened.first.done) yield opened.first.value;
      yield* opened.parts;
    } catch (error) {
      if (!signal.aborted) throw error;
      yield aborted;
    } finally {
      await opened?.parts.return();
    }
  }

  /** Tells the watch where the stream is left before it is whole. */
  async *#left(parts: AsyncIterable<StreamPart>): AsyncGenerator<StreamPart, void> {
    let whole = false;
    try {
      for await (const part of parts) {
        whole = part.kind === "stream-end" && part.reason !== "aborted";
        yield part;
      }
    } finally {
      if (!whole) this.#options.watch.left();
    }
  }

  /**
   * Ollama looks whether anybody still listens only when it has a token to send: a long prompt whose request was
   * aborted it computes to the end. So it gets one in steps. Returns how many characters are still to be computed;
   * undefined when `signal` has aborted.
   */
  async #warm(prompt: string, signal: AbortSignal): Promise<number | undefined> {
    let known = commonLength(this.#held, prompt);
    for (;;) {
      const step = this.#stepLength(prompt.slice(known));
      if (signal.aborted) return undefined;
      if (known + step >= prompt.length) break;
      known += step;
      const part = prompt.slice(0, known);
      if ((await this.#step(part, { length: known, fresh: step }, signal)) === undefined) return undefined;
      this.#held = part;
    }
    this.#held = prompt;
    return prompt.length - known;
  }

  /** Characters that are no more tokens than one step may have. */
  #stepLength(text: string): number {
    let length = Math.min(text.length, 8 * mostUnseenTokens);
    while (this.#options.vocabulary.promptTokens(text.slice(0, length)) > mostUnseenTokens)
      length = Math.floor(length / 2);
    return length;
  }

  /** How many tokens the prompt has; undefined when `signal` has aborted. */
  async #step(
    prompt: string,
    size: Ask<unknown>["prompt"],
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const { api, model, watch } = this.#options;
    try {
      const send = (until: AbortSignal) => api.step({ ...model, prompt }, until);
      return await watch.answered({ prompt: size, send }, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      return undefined;
    }
  }

  #render(pieces: readonly PromptPiece[]): string {
    const { vocabulary } = this.#options;
    const missing = pieces.find((piece) => piece.kind === "control" && !vocabulary.has(piece.token));
    if (missing?.kind === "control") {
      throw new RuntimeError("capability-missing", "The model has no token {0}.", {
        values: [missing.token],
      });
    }
    const prompt = neutralPrompt(pieces, this.#spelledIn(promptToString(pieces)));
    this.#checkLength(prompt);
    return prompt;
  }

  /** Of the thousands of control tokens that some models have, the few that stand in this text. */
  #spelledIn(text: string): readonly string[] {
    const { controls } = this.#options.vocabulary;
    return controls ? [...new Set(text.match(controls))] : [];
  }

  /** What is only estimated is never refused here: Ollama does where it is too long after all. */
  #checkLength(prompt: string): void {
    const { vocabulary, model } = this.#options;
    const tokens = vocabulary.promptTokens(prompt);
    const most = model.options.num_ctx;
    if (!vocabulary.exact || tokens < most) return;
    throw new RuntimeError("context-overflow", "The prompt has {0} tokens, the model's context holds {1}.", {
      values: [tokens, most],
    });
  }

  /** What the model's own file stops at would count no more beside a stop of ours. */
  #withOwnStops({ maxTokens, sampling, stop }: Generate): Generate {
    return { maxTokens, sampling, stop: [...new Set([...stop, ...this.#options.stops])] };
  }

  #common({ maxTokens, stop, sampling }: Generate) {
    const { model } = this.#options;
    const options = { ...model.options, ...samplers(sampling), num_predict: maxTokens, stop };
    return { ...model, options, truncate: false, shift: false };
  }
}

type Generate = Pick<InfillRequest, "maxTokens" | "stop" | "sampling">;

const noUsage: Usage = { prompt: 0, cached: 0, reasoning: 0, generated: 0 };
const aborted: StreamPart = { kind: "stream-end", reason: "aborted", usage: noUsage };

/** The texts of a prompt that `renderFim` made. */
function partsOf(pieces: readonly PromptPiece[], family: FimFamily): FimParts {
  const after = (token: string) => {
    const next = pieces[pieces.findIndex((piece) => piece.kind === "control" && piece.token === token) + 1];
    return next?.kind === "text" ? next.text : "";
  };
  return { prefix: after(family.prefix), suffix: after(family.suffix) };
}

/** Earlier thoughts are not repeated to the model. */
function answerOf({ role, text }: ChatMessage): string {
  const end = role === "assistant" ? text.lastIndexOf("</think>") : -1;
  return end < 0 ? text : text.slice(end + "</think>".length).trimStart();
}

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
