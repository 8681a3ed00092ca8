/**
 * The model contract as messages: each hop (server to host, host to a model's process) speaks these, and
 * each end reads what it gets through these schemas. Streams are JSON-RPC progress; cancellation is its own.
 */

import * as v from "valibot";
import { ProgressType, RequestType } from "vscode-jsonrpc/node";
import { priorities, type StopReason, type Usage } from "../../model/model-runtime.ts";

const text = v.pipe(v.string(), v.maxLength(16 * 1024 * 1024));
const tokens = v.pipe(v.number(), v.integer(), v.minValue(0));
const priority = v.picklist(priorities);
/** Which model; the process of one model ignores it. */
const model = v.pipe(v.string(), v.maxLength(128));
const stream = v.pipe(v.string(), v.maxLength(128));

const piece = v.variant("kind", [
  v.object({ kind: v.literal("text"), text }),
  v.object({ kind: v.literal("control"), token: text }),
]);

const sampling = v.object({
  temperature: v.pipe(v.number(), v.finite()),
  topP: v.exactOptional(v.number()),
  topK: v.exactOptional(v.number()),
  minP: v.exactOptional(v.number()),
  repeatPenalty: v.exactOptional(v.number()),
  seed: v.exactOptional(v.number()),
});

const answer = { maxTokens: tokens, stop: v.array(text), sampling, priority };
const message = v.object({ role: v.picklist(["system", "user", "assistant"]), text });

export const infillSchema = v.object({
  model,
  stream,
  request: v.object({ prompt: v.array(piece), ...answer }),
});
export const chatSchema = v.object({
  model,
  stream,
  request: v.object({ messages: v.array(message), ...answer, thinkingTokens: v.exactOptional(tokens) }),
});
export const embedSchema = v.object({ model, request: v.object({ texts: v.array(text), priority }) });
export const countSchema = v.object({ model, text });
export const warmSchema = v.object({ model, request: v.object({ prompt: v.array(piece), priority }) });

export const usageSchema = v.object({ prompt: tokens, cached: tokens, reasoning: tokens, generated: tokens });
export const streamEndSchema = v.object({
  reason: v.picklist(["stop", "length", "aborted"]),
  usage: usageSchema,
});
export const streamPartSchema = v.variant("kind", [
  v.object({ kind: v.picklist(["reasoning-delta", "text-delta"]), text: v.string() }),
  v.object({ kind: v.literal("answer-restart") }),
]);
/** Vectors as base64 of little-endian floats: JSON numbers would be four times as long. */
export const vectorsSchema = v.array(v.string());

export interface StreamEnd {
  readonly reason: StopReason;
  readonly usage: Usage;
}

export const infillRequest = new RequestType<v.InferInput<typeof infillSchema>, StreamEnd, void>(
  "model/infill",
);
export const chatRequest = new RequestType<v.InferInput<typeof chatSchema>, StreamEnd, void>("model/chat");
export const embedRequest = new RequestType<v.InferInput<typeof embedSchema>, readonly string[], void>(
  "model/embed",
);
export const countRequest = new RequestType<v.InferInput<typeof countSchema>, number, void>(
  "model/countTokens",
);
export const warmRequest = new RequestType<v.InferInput<typeof warmSchema>, Usage, void>("model/warm");
export const streamPart = new ProgressType<v.InferOutput<typeof streamPartSchema>>();
