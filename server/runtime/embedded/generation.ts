/**
 * One answer, step by step: asks the queue for each turn, computes one step in it, and turns tokens into
 * stream parts. It ends with one `stream-end`, whose usage says what was really computed.
 */

import type { LlamaModel, Token } from "node-llama-cpp";
import type { Disposable } from "../../base/disposable.ts";
import type { Sampling, StopReason, StreamPart, Usage } from "../../model/model-runtime.ts";
import type { Ticket } from "../scheduler/step-queue.ts";
import type { Lane, LaneJob } from "./lane.ts";
import type { Meter } from "./meter.ts";
import { samplingOptions } from "./sampling-options.ts";
import { StopMatcher } from "./stop-matcher.ts";
import { ThinkingMeter } from "./thinking-meter.ts";
import { TokenText } from "./token-text.ts";
import { controlId } from "./tokens.ts";

export interface GenerationOptions {
  readonly model: Pick<LlamaModel, "tokenize" | "detokenize">;
  readonly lane: Pick<Lane, "claim" | "advance" | "force">;
  readonly ticket: Ticket;
  readonly meter: Meter;
  readonly prompt: readonly Token[];
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly sampling: Sampling;
  /** What the prompt has written of the answer already. */
  readonly opening?: string;
  readonly thinkingTokens?: number;
}

/** What one step came to. */
type Outcome =
  | { readonly kind: "prefilled" }
  | { readonly kind: "ended" }
  | { readonly kind: "text"; readonly text: string; readonly stopped: boolean };

export class Generation {
  readonly #options: GenerationOptions;
  readonly #job: LaneJob;
  readonly #text: TokenText;
  readonly #stops: StopMatcher;
  readonly #stopTokens: ReadonlySet<Token>;
  readonly #thinking: ThinkingMeter;
  #cached: number | undefined;
  #computed = 0;
  #generated = 0;

  constructor(options: GenerationOptions) {
    const { model, prompt, stop } = options;
    this.#options = options;
    this.#job = { tokens: [...prompt], sampling: samplingOptions(options.sampling, () => this.#answer()) };
    this.#text = new TokenText(model, prompt);
    this.#stops = new StopMatcher(stop);
    this.#stopTokens = new Set(stop.map((name) => controlId(model, name)).filter((id) => id !== undefined));
    this.#thinking = new ThinkingMeter(options.opening ?? "");
  }

  async *run(signal: AbortSignal): AsyncGenerator<StreamPart, void> {
    if (this.#options.opening) yield delta(this.#options.opening);
    while (this.#generated < this.#options.maxTokens) {
      const turn = await this.#options.ticket.turn(signal);
      if (!turn) return yield this.#end("aborted");
      const outcome = await this.#compute(turn);
      if (outcome.kind === "ended") return yield* this.#finish("stop");
      if (outcome.kind === "prefilled") continue;
      if (outcome.text !== "") yield delta(outcome.text);
      if (outcome.stopped) return yield this.#end("stop");
    }
    yield* this.#finish("length");
  }

  /** All that needs the lane happens within the turn: after it the lane may be another's. */
  async #compute(turn: Disposable): Promise<Outcome> {
    const { lane, meter } = this.#options;
    try {
      const reused = await lane.claim(this.#job);
      this.#cached ??= Math.min(reused, this.#options.prompt.length - 1);
      const started = performance.now();
      const step = await lane.advance(this.#job);
      meter.record(step, performance.now() - started);
      if (this.#generated === 0) this.#computed += step.tokens;
      if (step.kind !== "generated") return { kind: step.kind };
      this.#generated++;
      if (this.#stopTokens.has(step.token)) return { kind: "ended" };
      return await this.#read(step.token);
    } finally {
      turn.dispose();
    }
  }

  async #read(token: Token): Promise<Outcome> {
    const { text, stopped } = this.#stops.push(this.#text.push(token));
    const thought = this.#thinking.count(text);
    const tooLong = !stopped && thought > (this.#options.thinkingTokens ?? Infinity);
    const closing = tooLong ? await this.#stopThinking() : "";
    return { kind: "text", text: text + closing, stopped };
  }

  async #stopThinking(): Promise<string> {
    const { model, lane } = this.#options;
    const close = controlId(model, "</think>");
    const tokens = close === undefined ? model.tokenize("</think>", false) : [close];
    const written = [...model.tokenize("\n", false), ...tokens, ...model.tokenize("\n\n", false)];
    await lane.force(this.#job, written);
    const text = `${this.#text.flush()}${this.#stops.flush()}\n</think>\n\n`;
    this.#thinking.count(text);
    return text;
  }

  *#finish(reason: StopReason): Generator<StreamPart, void> {
    const { text, stopped } = this.#stops.push(this.#text.flush());
    const rest = stopped ? text : text + this.#stops.flush();
    if (rest !== "") yield delta(rest);
    yield this.#end(reason);
  }

  #end(reason: StopReason): StreamPart {
    return { kind: "stream-end", reason, usage: this.#usage() };
  }

  #usage(): Usage {
    const cached = this.#cached ?? 0;
    return {
      prompt: Math.min(this.#options.prompt.length, cached + this.#computed),
      cached,
      reasoning: this.#thinking.tokens,
      generated: this.#generated,
    };
  }

  #answer(): Token[] {
    return this.#job.tokens.slice(this.#options.prompt.length);
  }
}

function delta(text: string): StreamPart {
  return { kind: "text-delta", text };
}
