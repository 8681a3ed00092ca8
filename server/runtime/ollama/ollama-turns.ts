/**
 * Requests to a model of Ollama's and their streams. Ollama looks whether anybody still listens only when it has a
 * token to send, and would compute a long prompt to its end for nobody: so it gets one in steps.
 *
 * Invariant: every request carries the same runner options, since another value of one of them makes Ollama load
 * the model anew; and Ollama is told not to cut a prompt, which it would do without a word.
 */

import type { Clock } from "../../base/clock.ts";
import { type InfillRequest, noUsage, type StreamPart } from "../../model/model-runtime.ts";
import type { HttpClient } from "../http/http-client.ts";
import { samplers } from "../http/samplers.ts";
import type { ModelOptions, OllamaApi } from "./ollama-api.ts";
import { type OllamaAnswer, ollamaStream } from "./ollama-stream.ts";
import type { Ask, SlotWatch } from "./slot-watch.ts";
import type { Vocabulary } from "./vocabulary.ts";

export interface OllamaTurnsOptions {
  readonly client: HttpClient;
  readonly clock: Clock;
  readonly api: OllamaApi;
  readonly url: URL;
  readonly model: ModelOptions;
  readonly watch: SlotWatch;
  readonly vocabulary: Vocabulary;
  /** Of the model's own file. */
  readonly stops: readonly string[];
}

export type Generate = Pick<InfillRequest, "maxTokens" | "stop" | "sampling">;

/** What one request can leave to be computed for nobody, in tokens of the prompt. */
const mostUnseenTokens = 512;

export class OllamaTurns {
  readonly #options: OllamaTurnsOptions;
  /** The last prompt that went in steps: what Ollama may still hold of it. */
  #held = "";

  constructor(options: OllamaTurnsOptions) {
    this.#options = options;
  }

  /** Something else has taken its one slot. */
  forget(): void {
    this.#held = "";
  }

  /** Computes a prompt and one token of an answer, which Ollama cannot do without; how many tokens it has. */
  async warm(prompt: string, signal: AbortSignal): Promise<number | undefined> {
    const fresh = await this.#warm(prompt, signal);
    if (fresh === undefined) return undefined;
    return this.#step(prompt, { length: prompt.length, fresh: 0 }, signal);
  }

  /** Continues a prompt. Ends with one `stream-end`, also when `signal` aborts. */
  async *answer(prompt: string, request: Generate, signal: AbortSignal): AsyncGenerator<StreamPart, void> {
    const fresh = await this.#warm(prompt, signal);
    if (fresh === undefined) return yield aborted;
    // For Ollama no tokens are as many as it likes.
    if (request.maxTokens <= 0) return yield { kind: "stream-end", reason: "length", usage: noUsage };
    const body = { ...this.common(request), prompt, raw: true, think: false };
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
  async *whole(
    path: OllamaAnswer["path"],
    body: OllamaAnswer["body"],
    signal: AbortSignal,
  ): AsyncGenerator<StreamPart, void> {
    this.forget();
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

  /** What the model's own file stops at would count no more beside a stop of ours. */
  withOwnStops({ maxTokens, sampling, stop }: Generate): Generate {
    return { maxTokens, sampling, stop: [...new Set([...stop, ...this.#options.stops])] };
  }

  common({ maxTokens, stop, sampling }: Generate) {
    const { model } = this.#options;
    const options = { ...model.options, ...samplers(sampling), num_predict: maxTokens, stop };
    return { ...model, options, truncate: false, shift: false };
  }
}

export const aborted: StreamPart = { kind: "stream-end", reason: "aborted", usage: noUsage };

function commonLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return length;
}
