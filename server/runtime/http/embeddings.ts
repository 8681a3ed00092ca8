/** Vectors by the protocol that OpenAI began: `/v1/embeddings`. */

import * as v from "valibot";
import type { EmbedRequest } from "../../model/model-runtime.ts";
import type { HttpClient } from "./http-client.ts";

export interface EmbeddingsOptions {
  readonly client: HttpClient;
  /** As the server names it. */
  readonly model: string;
}

/** A batch of texts on a slow machine. */
const slowMs = 300_000;

const embeddingsSchema = v.object({
  data: v.array(v.object({ index: v.pipe(v.number(), v.integer()), embedding: v.array(v.number()) })),
});

/** In the order of the texts, each of length one. Rejects with a RuntimeError, or with the signal's reason. */
export async function embeddings(
  { texts }: EmbedRequest,
  { client, model }: EmbeddingsOptions,
  signal: AbortSignal,
): Promise<readonly Float32Array[]> {
  if (texts.length === 0) return [];
  const body = { model, input: texts, encoding_format: "float" };
  const path = "v1/embeddings";
  const answer = { method: "POST", path, body, schema: embeddingsSchema, limitMs: slowMs } as const;
  const { data } = await client.json(answer, signal);
  return data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => unitVector(embedding));
}

/** Of length one, so that a scalar product is the cosine. */
export function unitVector(vector: readonly number[]): Float32Array {
  const length = Math.hypot(...vector) || 1;
  return Float32Array.from(vector, (value) => value / length);
}
