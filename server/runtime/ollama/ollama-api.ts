/** What is asked of Ollama besides text, and how its answers are read. */

import * as v from "valibot";
import type { HttpClient } from "../http/http-client.ts";

const quickMs = 5000;
/** A model of 70 billion parameters from a slow disk. */
const loadMs = 600_000;
const slowMs = 60_000;
/** Gemma's 256,000 tokens with their scores and merges are some 20 MB. */
const mostVocabularyBytes = 64 * 1024 * 1024;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const versionSchema = v.object({ version: v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+/)) });
const tagsSchema = v.object({
  models: v.array(
    v.object({ name: v.string(), size: v.optional(count, 0), remote_host: v.optional(v.string(), "") }),
  ),
});
const showSchema = v.object({
  template: v.optional(v.string(), ""),
  /** Of answers that only Ollama itself can read, such as gpt-oss's. */
  parser: v.optional(v.string(), ""),
  parameters: v.optional(v.string(), ""),
  /** Left out before 0.6.4. */
  capabilities: v.optional(v.array(v.string()), ["completion"]),
  remote_host: v.optional(v.string(), ""),
  model_info: v.record(v.string(), v.unknown()),
});
const psSchema = v.object({
  models: v.array(
    v.object({
      name: v.string(),
      size: count,
      size_vram: v.optional(count, 0),
      expires_at: v.optional(v.string(), ""),
      /** Left out before 0.11. */
      context_length: v.exactOptional(count),
    }),
  ),
});
const doneSchema = v.object({ done: v.literal(true) });
const stepSchema = v.object({ done: v.literal(true), prompt_eval_count: v.optional(count, 0) });
const renderedSchema = v.object({
  _debug_info: v.exactOptional(v.object({ rendered_template: v.string() })),
});
const embedSchema = v.object({ embeddings: v.array(v.array(v.number())) });

export type OllamaModel = v.InferOutput<typeof showSchema>;
export type LoadedModel = v.InferOutput<typeof psSchema>["models"][number];

/** The same with every request about a model: another value of one of them loads the model anew. */
export interface ModelOptions {
  readonly model: string;
  readonly keep_alive: string;
  readonly options: {
    readonly num_ctx: number;
    /** Layers on the GPU; left out: as many as Ollama finds room for. */
    readonly num_gpu?: number;
  };
}

export interface RenderRequest extends ModelOptions {
  readonly messages: readonly OllamaMessage[];
  readonly think?: boolean;
}

export interface StepRequest extends ModelOptions {
  /** As it is: no template is put around it. */
  readonly prompt: string;
}

export interface OllamaMessage {
  readonly role: string;
  readonly content: string;
}

export class OllamaApi {
  readonly #client: HttpClient;

  constructor(client: HttpClient) {
    this.#client = client;
  }

  async version(signal: AbortSignal): Promise<string> {
    const request = { path: "api/version", schema: versionSchema, limitMs: quickMs };
    return (await this.#client.json(request, signal)).version;
  }

  async models(signal: AbortSignal): Promise<v.InferOutput<typeof tagsSchema>["models"]> {
    const request = { path: "api/tags", schema: tagsSchema, limitMs: quickMs };
    return (await this.#client.json(request, signal)).models;
  }

  /** With its vocabulary, which for a large one is some megabytes. */
  show(model: string, signal: AbortSignal): Promise<OllamaModel> {
    const body = { model, verbose: true };
    const limits = { limitMs: slowMs, mostBytes: mostVocabularyBytes };
    return this.#client.json(
      { method: "POST", path: "api/show", body, schema: showSchema, ...limits },
      signal,
    );
  }

  /** Without its vocabulary. */
  describe(model: string, signal: AbortSignal): Promise<OllamaModel> {
    const request = { method: "POST", path: "api/show", schema: showSchema, limitMs: quickMs } as const;
    return this.#client.json({ ...request, body: { model } }, signal);
  }

  async loaded(signal: AbortSignal): Promise<readonly LoadedModel[]> {
    const request = { path: "api/ps", schema: psSchema, limitMs: quickMs };
    return (await this.#client.json(request, signal)).models;
  }

  /** An empty prompt loads the model and computes nothing. */
  async load(options: ModelOptions, signal: AbortSignal): Promise<void> {
    const body = { ...options, prompt: "", stream: false };
    const request = { method: "POST", path: "api/generate", schema: doneSchema, limitMs: loadMs } as const;
    await this.#client.json({ ...request, body }, signal);
  }

  /** When the requests that it computes have ended. */
  async unload(model: string, signal: AbortSignal): Promise<void> {
    const body = { model, prompt: "", keep_alive: 0, stream: false };
    const request = { method: "POST", path: "api/generate", schema: doneSchema, limitMs: quickMs } as const;
    await this.#client.json({ ...request, body }, signal);
  }

  /**
   * Computes a prompt, and one token of an answer, without which Ollama computes nothing. Returns how many tokens the
   * prompt has. Not streamed: whoever closes the connection of a stream can make Ollama lose the turn.
   */
  async step({ prompt, ...model }: StepRequest, signal: AbortSignal): Promise<number> {
    const options = { ...model.options, temperature: 0, num_predict: 1 };
    const answer = { raw: true, think: false, truncate: false, shift: false, stream: false };
    const request = { method: "POST", path: "api/generate", schema: stepSchema, limitMs: loadMs } as const;
    const body = { ...model, options, prompt, ...answer };
    return (await this.#client.json({ ...request, body }, signal)).prompt_eval_count;
  }

  /**
   * A conversation as the model's template makes a prompt of it; undefined where this Ollama does not tell. It is
   * marked as meant for looking into errors: nothing may depend on it without another way.
   */
  async render(chat: RenderRequest, signal: AbortSignal): Promise<string | undefined> {
    const body = { ...chat, stream: false, truncate: false, _debug_render_only: true };
    const request = { method: "POST", path: "api/chat", schema: renderedSchema, limitMs: loadMs } as const;
    return (await this.#client.json({ ...request, body }, signal))._debug_info?.rendered_template;
  }

  /** For a model that embeds and does nothing else: an empty list loads it. */
  async embed(
    { texts, ...options }: ModelOptions & { readonly texts: readonly string[] },
    signal: AbortSignal,
  ): Promise<readonly (readonly number[])[]> {
    const body = { ...options, input: texts, truncate: false };
    const request = { method: "POST", path: "api/embed", schema: embedSchema, limitMs: loadMs } as const;
    return (await this.#client.json({ ...request, body }, signal)).embeddings;
  }
}
