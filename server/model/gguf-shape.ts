/** The shape of the model in a GGUF file, as the catalogue gives those of the models that it knows. */

import type { GgufHeader } from "./gguf-header.ts";
import type { ModelShape } from "./plan/compute-bytes.ts";

export function shapeOf(header: GgufHeader): ModelShape {
  const { layers, embeddingLength, feedForwardLength, heads, kvHeads, keyLength, vocabulary } = header;
  const { experts, latentLength } = header;
  return {
    layers,
    embedding: embeddingLength,
    feedForward: feedForwardLength,
    heads,
    kvHeads,
    headDimension: keyLength,
    vocabulary,
    // Nothing in the header tells; nearly all that are published have a gate.
    gated: true,
    ...(experts ? { experts } : {}),
    ...(latentLength === undefined ? {} : { cachedValues: latentLength }),
  };
}
