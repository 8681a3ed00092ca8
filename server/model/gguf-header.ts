/** What the header of a GGUF file says of its model. */

import type { CardSampling } from "./model-runtime.ts";

export interface GgufHeader {
  readonly version: number;
  readonly architecture: string;
  readonly name: string | undefined;
  /** Tokens that the model was trained to see at once. */
  readonly trainedContextTokens: number;
  readonly embeddingLength: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  /** Elements of one key and one value of one head. */
  readonly keyLength: number;
  readonly valueLength: number;
  readonly feedForwardLength: number;
  /** Of a model that computes each token with a few of many feed-forward parts. */
  readonly experts:
    | { readonly count: number; readonly used: number; readonly feedForward: number }
    | undefined;
  /** Of one token and layer in the cache, where it keeps one compressed vector for all heads. */
  readonly latentLength: number | undefined;
  readonly vocabulary: number;
  readonly chatTemplate: string | undefined;
  /** The ids of the control tokens that we know by name, as far as the vocabulary has them. */
  readonly knownTokens: ReadonlyMap<string, number>;
  /** It gives one vector for a text, and no text. */
  readonly embeds: boolean;
  /** Whether the file itself declares which tokens fill in the middle. */
  readonly declaresFim: boolean;
  /** What `general.sampling` recommends. */
  readonly sampling: CardSampling;
  readonly tensors: number;
  /** Elements of all tensors: what a model is called small or large by. */
  readonly parameters: number;
  readonly weightBytes: number;
  readonly fileBytes: number;
  /** Identifies the header; with path, size and time it identifies the file without reading all of it. */
  readonly digest: string;
}
