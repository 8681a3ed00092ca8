/**
 * The model contract over one loaded llama.cpp model. Each request works in steps under one queue, so an
 * abort or a higher priority waits for one step at most. Completions have a KV cache of their own.
 */

import type { LlamaContext, LlamaEmbeddingContext, LlamaModel } from "node-llama-cpp";
import type {
  ChatRequest,
  EmbedRequest,
  InfillRequest,
  ModelRuntime,
  Priority,
  StreamPart,
  Usage,
  WarmRequest,
} from "../../model/model-runtime.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { StepQueue } from "../scheduler/step-queue.ts";
import { chatPrompt, type OwnTemplate } from "./chat-prompt.ts";
import { Generation, type GenerationOptions } from "./generation.ts";
import { Lane, type LaneJob, type LaneOptions } from "./lane.ts";
import { Meter, type MeterReading } from "./meter.ts";
import { smallestStep } from "./step-pace.ts";
import { tokenize } from "./tokens.ts";

export interface EmbeddedModel {
  readonly model: LlamaModel;
  readonly template: OwnTemplate;
  readonly contextTokens: number;
  readonly createContext: (contextTokens: number) => Promise<LlamaContext>;
  readonly createEmbeddingContext: (contextTokens: number) => Promise<LlamaEmbeddingContext>;
}

type Work = Omit<GenerationOptions, "model" | "lane" | "ticket" | "meter"> & { readonly priority: Priority };

/** Texts to embed are chunks of code; what is longer is cut, since one text is one step. */
const mostEmbeddedTokens = 1024;
const rehearsalMs = 120;

export class EmbeddedRuntime implements ModelRuntime {
  readonly #loaded: EmbeddedModel;
  readonly #threads: LaneOptions;
  readonly #queue = new StepQueue();
  readonly #meter = new Meter();
  readonly #lanes = new Map<"completion" | "others", Promise<Lane>>();
  #embedding: Promise<LlamaEmbeddingContext> | undefined;

  constructor(loaded: EmbeddedModel, threads: LaneOptions = {}) {
    this.#loaded = loaded;
    this.#threads = threads;
  }

  /** Readies the KV cache of a priority before its first request, so that a lack of memory shows at once. */
  async makeRoom(priority: Priority): Promise<void> {
    await this.#lane(priority);
  }

  /** Then it computes something for a moment: the first request is as fast as the next. */
  async prepare(priority: Priority): Promise<void> {
    const lane = await this.#lane(priority);
    const tokens = this.#loaded.model.tokenize("a = b;\n".repeat(smallestStep), false).slice(0, smallestStep);
    await lane.rehearse(tokens, rehearsalMs);
  }

  async *infill(request: InfillRequest, signal: AbortSignal): AsyncGenerator<StreamPart, void> {
    yield* this.#generate({ ...request, prompt: tokenize(this.#loaded.model, request.prompt) }, signal);
  }

  async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<StreamPart, void> {
    const { tokens, opening, stop } = chatPrompt(this.#loaded.model, this.#loaded.template, request);
    const { maxTokens, sampling, priority, thinkingTokens } = request;
    const thinking = thinkingTokens === undefined ? {} : { thinkingTokens };
    const work: Work = {
      prompt: tokens,
      maxTokens,
      sampling,
      priority,
      opening,
      stop: [...request.stop, ...stop],
      ...thinking,
    };
    yield* this.#generate(work, signal);
  }

  async embed(request: EmbedRequest, signal: AbortSignal): Promise<readonly Float32Array[]> {
    const context = await this.#embeddingContext();
    const ticket = this.#queue.join(request.priority);
    this.#meter.request();
    try {
      const vectors: Float32Array[] = [];
      for (const text of request.texts) {
        const turn = await ticket.turn(signal);
        if (!turn) throw signal.reason;
        try {
          const tokens = this.#loaded.model.tokenize(text, false).slice(0, mostEmbeddedTokens - 8);
          const started = performance.now();
          vectors.push(unit((await context.getEmbeddingFor(tokens)).vector));
          const step = { kind: "prefilled", tokens: tokens.length } as const;
          this.#meter.record(step, performance.now() - started);
        } finally {
          turn.dispose();
        }
      }
      return vectors;
    } finally {
      ticket.dispose();
    }
  }

  countTokens(text: string): Promise<number> {
    return Promise.resolve(this.#loaded.model.tokenize(text, false).length);
  }

  async warm(request: WarmRequest, signal: AbortSignal): Promise<Usage> {
    const tokens = tokenize(this.#loaded.model, request.prompt);
    this.#checkLength(tokens.length);
    const lane = await this.#lane(request.priority);
    const job: LaneJob = { tokens: [...tokens], sampling: {} };
    const ticket = this.#queue.join(request.priority);
    this.#meter.request();
    let cached: number | undefined;
    let computed = 0;
    try {
      for (;;) {
        const turn = await ticket.turn(signal);
        if (!turn) break;
        try {
          const reused = await lane.claim(job);
          cached ??= reused;
          const started = performance.now();
          const step = await lane.prefill(job);
          if (!step) break;
          this.#meter.record(step, performance.now() - started);
          computed += step.tokens;
        } finally {
          turn.dispose();
        }
      }
    } finally {
      ticket.dispose();
    }
    if (signal.aborted) this.#meter.abort();
    return { prompt: (cached ?? 0) + computed, cached: cached ?? 0, reasoning: 0, generated: 0 };
  }

  reading(): MeterReading {
    return this.#meter.reading();
  }

  async *#generate(work: Work, signal: AbortSignal): AsyncGenerator<StreamPart, void> {
    this.#checkLength(work.prompt.length);
    const lane = await this.#lane(work.priority);
    const room = lane.contextTokens - 1 - work.prompt.length;
    const ticket = this.#queue.join(work.priority);
    this.#meter.request();
    try {
      const { model } = this.#loaded;
      const options = {
        ...work,
        model,
        lane,
        ticket,
        meter: this.#meter,
        maxTokens: Math.min(work.maxTokens, room),
      };
      yield* new Generation(options).run(signal);
    } finally {
      if (signal.aborted) this.#meter.abort();
      ticket.dispose();
    }
  }

  #checkLength(tokens: number): void {
    const most = this.#loaded.contextTokens - 2;
    if (tokens === 0) throw new RuntimeError("internal", "The prompt is empty.");
    if (tokens > most) {
      throw new RuntimeError(
        "context-overflow",
        "The prompt has {0} tokens, the model's context holds {1}.",
        { values: [tokens, most] },
      );
    }
  }

  /** The cache of completions survives everything else that the model is asked. */
  #lane(priority: Priority): Promise<Lane> {
    const name = priority === "completion" ? "completion" : "others";
    const lane = this.#lanes.get(name) ?? this.#createLane();
    this.#lanes.set(name, lane);
    lane.catch(() => this.#lanes.delete(name));
    return lane;
  }

  async #createLane(): Promise<Lane> {
    const context = await this.#loaded.createContext(this.#loaded.contextTokens);
    return new Lane(context, this.#threads);
  }

  #embeddingContext(): Promise<LlamaEmbeddingContext> {
    const length = Math.min(mostEmbeddedTokens, this.#loaded.contextTokens);
    this.#embedding ??= this.#loaded.createEmbeddingContext(length).catch((error: unknown) => {
      this.#embedding = undefined;
      throw error;
    });
    return this.#embedding;
  }
}

/** Of length one, so that a scalar product is the cosine. */
function unit(vector: readonly number[]): Float32Array {
  const length = Math.hypot(...vector) || 1;
  return Float32Array.from(vector, (value) => value / length);
}
