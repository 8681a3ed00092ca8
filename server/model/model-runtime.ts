/** The one contract with every model: features know this file and never which runtime answers. */

import type { PromptPiece } from "./prompt.ts";

export interface ModelRuntime {
  /** Continues a rendered fill-in-the-middle prompt. */
  infill(request: InfillRequest, signal: AbortSignal): AsyncIterable<StreamPart>;
  chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<StreamPart>;
  /** One vector per text, in order, of the model's dimension. */
  embed(request: EmbedRequest, signal: AbortSignal): Promise<readonly Float32Array[]>;
  /** Tokens of `text` by the model's own tokenizer, special tokens read as plain text. */
  countTokens(text: string): Promise<number>;
  /** Computes the prompt into the KV cache and generates nothing. */
  warm(request: WarmRequest, signal: AbortSignal): Promise<Usage>;
}

/** Highest first: completion pre-empts repair, repair pre-empts chat, chat pre-empts background work. */
export const priorities = ["completion", "repair", "chat", "background"] as const;
export type Priority = (typeof priorities)[number];

export interface Sampling {
  readonly temperature: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  readonly repeatPenalty?: number;
  readonly seed?: number;
}

/** What a model's makers recommend, as far as they say it. */
export type CardSampling = Partial<Sampling>;

export interface InfillRequest {
  readonly prompt: readonly PromptPiece[];
  readonly maxTokens: number;
  /** Strings that end the answer; they are not part of it. */
  readonly stop: readonly string[];
  readonly sampling: Sampling;
  readonly priority: Priority;
}

export interface WarmRequest {
  readonly prompt: readonly PromptPiece[];
  readonly priority: Priority;
}

export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly text: string;
}

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly sampling: Sampling;
  readonly priority: Priority;
  /** Tokens the model may spend on thinking; 0 for none. Left out: the model decides. */
  readonly thinkingTokens?: number;
}

export interface EmbedRequest {
  readonly texts: readonly string[];
  readonly priority: Priority;
}

export type StopReason = "stop" | "length" | "aborted";

/** Token counts of one request. `cached` of the `prompt` tokens were not computed again. */
export interface Usage {
  readonly prompt: number;
  readonly cached: number;
  readonly reasoning: number;
  readonly generated: number;
}

/** Of a request for which nothing was computed. */
export const noUsage: Usage = { prompt: 0, cached: 0, reasoning: 0, generated: 0 };

/** A stream ends with exactly one `stream-end`, also when it is aborted, or throws a RuntimeError. */
export type StreamPart =
  | { readonly kind: "reasoning-delta" | "text-delta"; readonly text: string }
  /** What was streamed so far is void: the answer is tried again from its beginning. */
  | { readonly kind: "answer-restart" }
  | { readonly kind: "stream-end"; readonly reason: StopReason; readonly usage: Usage };
