/**
 * One llama.cpp sequence, worked in steps by one request at a time. A request that was pre-empted finds
 * its place again by its tokens: what is still in the KV cache is kept, the rest is computed anew.
 */

import type { LlamaContext, LlamaContextSequence, SequenceEvaluateOptions, Token } from "node-llama-cpp";
import { findMovedChunk } from "./chunk-reuse.ts";
import { cpuStepMs, gpuStepMs, StepPace, smallestStep } from "./step-pace.ts";
import { type BestThreads, ThreadLadder } from "./thread-ladder.ts";

/** What a request wants computed. `tokens` grows as it is answered. */
export interface LaneJob {
  readonly tokens: Token[];
  readonly sampling: SequenceEvaluateOptions;
}

export type Step =
  | { readonly kind: "prefilled"; readonly tokens: number }
  | { readonly kind: "generated"; readonly tokens: number; readonly token: Token }
  /** The model ended its answer. */
  | { readonly kind: "ended"; readonly tokens: number };

/**
 * Architectures whose keys hold one rotary position that llama.cpp can turn when tokens move; it ends the
 * process where it cannot.
 */
const shifting: ReadonlySet<string> = new Set([
  "llama",
  "qwen2",
  "qwen2moe",
  "qwen3",
  "qwen3moe",
  "starcoder2",
]);

export interface LaneOptions {
  /** To begin with. */
  readonly threads?: BestThreads | undefined;
  /** Told when others are better. */
  readonly onThreads?: (threads: BestThreads) => void;
}

export class Lane {
  readonly #context: LlamaContext;
  readonly #sequence: LlamaContextSequence;
  readonly #pace: StepPace;
  readonly #shifts: boolean;
  /** Prompts and single tokens gain differently from threads. */
  readonly #promptThreads: ThreadLadder;
  readonly #answerThreads: ThreadLadder;
  readonly #onThreads: LaneOptions["onThreads"];
  #owner: LaneJob | undefined;
  #answer: AsyncGenerator<Token, void> | undefined;

  constructor(context: LlamaContext, { threads, onThreads }: LaneOptions = {}) {
    this.#context = context;
    this.#sequence = context.getSequence();
    this.#shifts = shifting.has(context.model.fileInfo.metadata.general.architecture);
    this.#pace = new StepPace(context.batchSize, context.model.llama.gpu === false ? cpuStepMs : gpuStepMs);
    this.#promptThreads = new ThreadLadder(context.idealThreads, threads?.prompt);
    this.#answerThreads = new ThreadLadder(context.idealThreads, threads?.answer);
    this.#onThreads = onThreads;
  }

  get contextTokens(): number {
    return this.#context.contextSize;
  }

  /**
   * Computes something without meaning for a moment, so that the first request finds the weights in memory and
   * the best number of threads known.
   */
  async rehearse(tokens: Token[], forMs: number): Promise<void> {
    const end = performance.now() + forMs;
    while (performance.now() < end) {
      await this.#timed(tokens.length, () => this.#sequence.evaluateWithoutGeneratingNewTokens(tokens));
      for (let step = 0; step < 4 && performance.now() < end; step++) {
        await this.#timed(1, () => this.#sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(0, 1)));
      }
      await this.#sequence.clearHistory();
    }
  }

  /** Makes the sequence `job`'s; returns how many of its tokens need not be computed again. Call within a turn. */
  async claim(job: LaneJob): Promise<number> {
    if (this.#owner !== job) {
      await this.#answer?.return();
      this.#answer = undefined;
      this.#owner = job;
      await this.#align(job.tokens.slice(0, -1));
    }
    return this.#sequence.nextTokenIndex;
  }

  /** Computes without generating, up to the last token but one. Call after `claim` in the same turn. */
  async prefill(job: LaneJob): Promise<Step | undefined> {
    const from = this.#sequence.nextTokenIndex;
    const missing = job.tokens.length - 1 - from;
    if (missing <= 0) return undefined;
    const count = Math.min(missing, this.#pace.next());
    await this.#timed(count, () =>
      this.#sequence.evaluateWithoutGeneratingNewTokens(job.tokens.slice(from, from + count)),
    );
    return { kind: "prefilled", tokens: count };
  }

  /** One step: of the prompt while more than a step of it is missing, then one token of the answer. */
  async advance(job: LaneJob): Promise<Step> {
    const from = this.#sequence.nextTokenIndex;
    const missing = job.tokens.length - from;
    if (missing > this.#pace.next()) {
      const step = await this.prefill(job);
      if (step) return step;
    }
    this.#answer ??= this.#sequence.evaluate(job.tokens.slice(from), job.sampling);
    const answer = this.#answer;
    const next = await this.#timed(missing, () => answer.next());
    if (next.done) {
      this.#answer = undefined;
      return { kind: "ended", tokens: missing };
    }
    job.tokens.push(next.value);
    return { kind: "generated", tokens: missing, token: next.value };
  }

  /** Appends tokens that the model did not choose; the answer goes on after them. Call after `claim` in the same turn. */
  async force(job: LaneJob, tokens: readonly Token[]): Promise<void> {
    await this.#answer?.return();
    this.#answer = undefined;
    job.tokens.push(...tokens);
  }

  /** Computes with as many threads as were best, and learns from the time it takes. */
  async #timed<T>(tokens: number, compute: () => Promise<T>): Promise<T> {
    const ladder = tokens === 1 ? this.#answerThreads : this.#promptThreads;
    this.#context.model.llama.maxThreads = ladder.threads;
    const started = performance.now();
    const result = await compute().catch((error: unknown) => {
      // What the sequence holds after a failure is found out anew by the next one.
      this.#owner = undefined;
      this.#answer = undefined;
      throw error;
    });
    const ms = performance.now() - started;
    // Between one token and a whole step the time is mostly that of reading the weights: it tells nothing.
    if (tokens === 1 || tokens >= smallestStep) this.#learn(ladder, ms / tokens);
    this.#pace.record(tokens, ms);
    return result;
  }

  #learn(ladder: ThreadLadder, msPerToken: number): void {
    const { best } = ladder;
    ladder.record(msPerToken);
    if (ladder.best === best) return;
    this.#onThreads?.({ prompt: this.#promptThreads.best, answer: this.#answerThreads.best });
  }

  /**
   * Keeps of the sequence what `tokens` begins with, and behind it what has only moved forward. Recurrent models
   * cannot forget the end of what they saw: they begin again, in our steps.
   */
  async #align(tokens: Token[]): Promise<void> {
    const { firstDifferentIndex: from } = this.#sequence.compareContextTokens(tokens);
    const end = this.#sequence.nextTokenIndex;
    if (from === end) return;
    if (this.#sequence.needsCheckpoints || from === 0) return await this.#sequence.clearHistory();
    const chunk = this.#shifts ? findMovedChunk(this.#sequence.contextTokens, tokens, from) : undefined;
    const gaps = chunk
      ? [
          { start: from, end: chunk.start },
          { start: chunk.end, end },
        ]
      : [{ start: from, end }];
    await this.#sequence.eraseContextTokenRanges(gaps);
  }
}
