/**
 * One answer of a llama-server, in as many runs as it takes. A run that is ended leaves what it has written; the next
 * sends that behind the prompt, with the tokens that are left of what was asked for.
 */

import * as v from "valibot";
import { type InfillRequest, noUsage, type StreamPart, type Usage } from "../../model/model-runtime.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { ThinkingMeter } from "../embedded/thinking-meter.ts";
import type { HttpClient } from "../http/http-client.ts";
import { brokenOffError, strangerError } from "../http/http-errors.ts";
import { samplers } from "../http/samplers.ts";
import { serverSentEvents } from "../http/server-sent-events.ts";
import { whileHeard } from "../http/while-heard.ts";
import type { ResumableAnswer } from "../scheduler/resumable.ts";
import { type PromptSteps, type Timings, timingsSchema } from "./prompt-steps.ts";
import type { ServerSlot, ServerSlots } from "./server-slots.ts";
import { WrittenAnswer } from "./written-answer.ts";

/** One answer to be generated. */
export interface Work extends Pick<InfillRequest, "maxTokens" | "stop" | "sampling" | "priority"> {
  /** Called within the answer, so that an abort meanwhile ends it as any other. */
  readonly prompt: (signal: AbortSignal) => Promise<Prompt>;
  readonly thinkingTokens?: number | undefined;
}

export interface Prompt {
  readonly tokens: readonly number[];
  /** What it has already written of the answer. */
  readonly opening: string;
}

export interface AnswerPorts {
  readonly client: HttpClient;
  readonly url: URL;
  readonly contextTokens: number;
  readonly slots: ServerSlots;
  readonly steps: PromptSteps;
  tokensOf(text: string, signal: AbortSignal): Promise<readonly number[]>;
}

/** Pieces of a stream that may come without a token of their own: an end, text that was held back. */
const mostPiecesBeside = 16;

const said = {
  content: v.string(),
  tokens: v.optional(v.array(v.pipe(v.number(), v.integer())), []),
  timings: timingsSchema,
};
const chunkSchema = v.union([
  v.object({ ...said, stop: v.literal(false) }),
  v.object({ ...said, stop: v.literal(true), stop_type: v.string() }),
  v.object({ error: v.object({ message: v.string() }) }),
]);
type Chunk = Exclude<v.InferOutput<typeof chunkSchema>, { readonly error: unknown }>;

/** The prompt of a run: the request's own, and what was written of the answer before. */
interface Turn extends Prompt {
  readonly slot: ServerSlot;
  /** Of the tokens that were asked for. */
  readonly left: number;
}

export class ServerAnswer implements ResumableAnswer {
  readonly resumes = true;
  readonly #ports: AnswerPorts;
  readonly #work: Work;
  readonly #written = new WrittenAnswer();
  #prompt: Prompt | undefined;
  #thinking: ReasoningCount | undefined;
  #warmed = 0;
  #usage = noUsage;

  constructor(ports: AnswerPorts, work: Work) {
    this.#ports = ports;
    this.#work = work;
  }

  /** Ends with one `stream-end`, also when `signal` aborts. */
  async *run(signal: AbortSignal): AsyncGenerator<StreamPart, void> {
    try {
      const reason = yield* this.#turn(signal);
      if (reason) return yield { kind: "stream-end", reason, usage: this.#usage };
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    yield { kind: "stream-end", reason: "aborted", usage: this.#usage };
  }

  /** Undefined when `signal` has aborted. */
  async *#turn(signal: AbortSignal): AsyncGenerator<StreamPart, "stop" | "length" | undefined> {
    const { slots, steps, contextTokens } = this.#ports;
    const { prompt, priority, maxTokens } = this.#work;
    this.#prompt ??= await prompt(signal);
    this.#written.begin();
    const { opening } = this.#prompt;
    const tokens = [...this.#prompt.tokens, ...(await this.#writtenTokens(signal))];
    const left = maxTokens - this.#written.earlierTokens;
    if (this.#written.text !== "" && (left <= 0 || tokens.length >= contextTokens)) return "length";
    if (tokens.length >= contextTokens) throw tooLong(tokens.length, contextTokens);
    const claimed = slots.claim(priority, tokens);
    const { slot } = claimed;
    try {
      this.#warmed += await steps.warm(slot, tokens, signal);
      if (left > 0) return yield* this.#pass({ tokens, opening, slot, left }, signal);
      this.#usage = { ...this.#usageOf(await steps.step(slot, tokens, signal)), generated: 0 };
      if (opening !== "") yield { kind: "text-delta", text: opening };
      return "length";
    } finally {
      if (this.#written.movedOn) slot.held = [...this.#prompt.tokens, ...this.#written.knownTokens];
      claimed.dispose();
    }
  }

  async #writtenTokens(signal: AbortSignal): Promise<readonly number[]> {
    const all: number[] = [];
    for (const piece of this.#written.pieces)
      all.push(...(typeof piece === "number" ? [piece] : await this.#ports.tokensOf(piece, signal)));
    return all;
  }

  async *#pass(turn: Turn, signal: AbortSignal): AsyncGenerator<StreamPart, "stop" | "length" | undefined> {
    const { client, url, steps } = this.#ports;
    const { opening, left } = turn;
    let pieces = 0;
    for await (const chunk of this.#generate(turn, signal)) {
      if (!this.#thinking && opening !== "") yield { kind: "text-delta", text: opening };
      this.#thinking ??= new ReasoningCount(opening);
      if (pieces === 0) steps.saw(chunk.timings);
      if (++pieces > left + mostPiecesBeside) throw endless(client, left);
      const { content, tokens } = chunk;
      this.#written.add({ content, tokens, generated: chunk.timings.predicted_n });
      const usage = this.#usageOf(chunk.timings);
      this.#usage = { ...usage, reasoning: this.#thinking.count(content, usage.generated) };
      if (content !== "") yield { kind: "text-delta", text: content };
      if (chunk.stop) return chunk.stop_type === "limit" ? "length" : "stop";
    }
    if (signal.aborted) return undefined;
    throw pieces === 0 ? strangerError(client.name, url) : brokenOffError(client.name, url);
  }

  async *#generate(turn: Turn, signal: AbortSignal): AsyncGenerator<Chunk, void> {
    const { client, url } = this.#ports;
    const { stop, sampling } = this.#work;
    const body = {
      prompt: turn.tokens,
      stream: true,
      timings_per_token: true,
      cache_prompt: true,
      id_slot: turn.slot.id,
      n_predict: turn.left,
      stop,
      preserved_tokens: ["<think>", "</think>"],
      ...this.#thinkingLimit(turn.opening),
      ...samplers(sampling),
      samplers: samplerOrder,
    };
    const ask = (left: AbortSignal) =>
      serverSentEvents(client.stream({ method: "POST", path: "completion", body }, left));
    for await (const data of whileHeard(client, ask, signal)) {
      const chunk = v.safeParse(v.pipe(v.string(), v.parseJson(), chunkSchema), data);
      if (!chunk.success) throw strangerError(client.name, url);
      if ("error" in chunk.output) throw client.saidError(chunk.output.error.message, "runtime-crashed");
      yield chunk.output;
    }
  }

  /** The server itself ends the thought that has used up its tokens; it reads what was written of it before. */
  #thinkingLimit(opening: string): Readonly<Record<string, unknown>> {
    const { thinkingTokens } = this.#work;
    if (thinkingTokens === undefined) return {};
    return {
      reasoning_budget_tokens: thinkingTokens,
      reasoning_budget_start_tag: "<think>",
      reasoning_budget_end_tags: ["</think>"],
      reasoning_budget_message: "\n",
      generation_prompt: opening + this.#written.text,
    };
  }

  /**
   * Of all runs, as of one that was never ended: the prompt counts once, and so does what was computed of it before
   * the first token, though the last step found that in the cache.
   */
  #usageOf({ cache_n, prompt_n, predicted_n }: Timings): Usage {
    const generated = this.#written.earlierTokens + predicted_n;
    if (this.#usage.generated > 0) return { ...this.#usage, generated };
    return {
      prompt: cache_n + prompt_n,
      cached: Math.max(0, cache_n - this.#warmed),
      reasoning: 0,
      generated,
    };
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

/** Named, since the server's own for infill end an answer at the first doubt. */
const samplerOrder = ["penalties", "top_k", "top_p", "min_p", "temperature"];

export function tooLong(tokens: number, contextTokens: number): RuntimeError {
  return new RuntimeError("context-overflow", "The prompt has {0} tokens, the model's context holds {1}.", {
    values: [tokens, contextTokens],
  });
}

function endless({ name }: HttpClient, asked: number): RuntimeError {
  return new RuntimeError("refused", "{0} writes more than the {1} tokens that it was asked for.", {
    values: [name, asked],
  });
}
