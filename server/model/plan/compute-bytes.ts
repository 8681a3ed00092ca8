/**
 * What llama.cpp takes to compute a batch of tokens, beside the weights and the keys and values: its buffers are as
 * large as what lives at one time in the largest part of its graph. The figures are those of the graphs of `llama`
 * and `qwen2` (src/models and src/llama-graph.cpp of b11434), found by loading 15 shapes with and without flash
 * attention and reading the buffers that it reports; docs/adr/0018 has the table.
 */

import type { CatalogueModel } from "../catalogue.ts";

export type ModelShape = Omit<CatalogueModel["shape"], "tied">;

export interface Computation {
  readonly shape: ModelShape;
  /** Of one slot. */
  readonly contextTokens: number;
  readonly flash: boolean;
  /** Computed at once. */
  readonly batchTokens: number;
  /** Of the batch, those whose logits are asked for. */
  readonly outputs: number;
}

const floatBytes = 4;
const halfBytes = 2;

export function computeBytes(computation: Computation): number {
  const { shape, contextTokens, flash, outputs } = computation;
  const batch = Math.min(computation.batchTokens, contextTokens);
  const mask = batch * contextTokens * (flash ? halfBytes : floatBytes);
  const layer = batch * Math.max(feedForwardValues(computation), attentionValues(computation));
  const end = Math.min(outputs, batch) * shape.vocabulary + 3 * batch * shape.embedding;
  return Math.max(layer * floatBytes + mask, end * floatBytes);
}

/** Values of one token that live while the feed-forward part is computed. */
function feedForwardValues({ shape, flash }: Computation): number {
  const { embedding, feedForward, gated, experts } = shape;
  const rest = 5 * embedding + (flash ? 0 : 2 * keyValues(shape));
  if (experts) return experts.used * (3 * experts.feedForward + 2 * embedding) + rest;
  // Where it is narrow, what comes out of the gate finds room in what was freed before.
  const matrices = gated && feedForward >= 2 * embedding ? 3 : 2;
  return matrices * feedForward + rest;
}

function attentionValues({ shape, contextTokens, flash }: Computation): number {
  const { heads, headDimension, embedding, cachedValues } = shape;
  // With latent attention each head looks at the whole compressed vector.
  const queries = heads * (cachedValues ?? headDimension);
  if (flash) return 4 * queries + 3 * embedding;
  return heads * contextTokens + 3 * queries + 3 * embedding + 2 * keyValues(shape);
}

function keyValues({ kvHeads, headDimension, cachedValues }: ModelShape): number {
  return cachedValues ?? kvHeads * headDimension;
}

/** llama.cpp makes its caches in steps of so many tokens. */
const contextStep = 256;

export function paddedContext(tokens: number): number {
  return Math.ceil(tokens / contextStep) * contextStep;
}
