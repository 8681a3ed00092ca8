/** What a plan says: which model serves which role, how it is loaded, what it takes, and why. */

import type { CatalogueModel, CatalogueQuant } from "../catalogue.ts";
import type { ModelShape } from "./compute-bytes.ts";
import type { Measured } from "./corrections.ts";
import type { Hardware } from "./hardware.ts";

export type KvType = "f16" | "q8_0";

/** A model as it would be loaded. */
export interface Load {
  readonly model: CatalogueModel;
  readonly quant: CatalogueQuant;
  /** Of each slot. */
  readonly contextTokens: number;
  readonly kvType: KvType;
  readonly slots: number;
  /** What was learnt of such loads on this machine; left out where nothing was. */
  readonly measured?: Measured;
}

/** What decides the bytes of a load. */
export interface LoadSize extends Pick<Load, "contextTokens" | "kvType" | "slots" | "measured"> {
  readonly shape: ModelShape;
  readonly weightBytes: number;
}

export interface LoadBytes {
  readonly weights: number;
  readonly kv: number;
  readonly overhead: number;
}

/** A model with the place that it was found. */
export interface PlannedRole extends Load {
  readonly runtime: "embedded" | "llama-server";
  /** The rest is computed from the main memory. */
  readonly gpuLayers: number;
  /** The GPUs that it lies on, by number; none: the processor computes it. */
  readonly gpus: readonly number[];
  readonly flashAttention: "auto" | "off";
  readonly bytes: LoadBytes;
  readonly tokensPerSecond: number;
}

/** Why something was decided, for `explain.ts` to put into words. */
export type Reason =
  | { readonly kind: "nothing-fits"; readonly usableBytes: number }
  | { readonly kind: "none-here" }
  | { readonly kind: "board" | "few-cores" | "no-embedding" | "no-flash" | "no-reasoner" }
  | { readonly kind: "apple"; readonly gpuBytes: number }
  | { readonly kind: "companion"; readonly model: string; readonly bytes: number }
  | { readonly kind: "reasoner"; readonly model: string; readonly contextTokens: number }
  | { readonly kind: "quant"; readonly model: string; readonly quant: string }
  | { readonly kind: "small-keys" | "full-keys"; readonly model: string; readonly contextTokens: number }
  | {
      readonly kind: "measured";
      readonly model: string;
      /** Of the last load. */
      readonly bytes: number;
      /** Over what was foreseen; less than one where it took less. */
      readonly ratio: number;
    }
  | { readonly kind: "others"; readonly bytes: number; readonly gpu: string }
  | { readonly kind: "assumed-bandwidth"; readonly bandwidth: number; readonly gpu: string }
  | { readonly kind: "own-gpus" }
  | { readonly kind: "split"; readonly model: string; readonly gpus: number }
  | { readonly kind: "spill"; readonly model: string; readonly layers: number; readonly of: number }
  | { readonly kind: "slots"; readonly model: string; readonly slots: number };

/** What was not chosen. */
export interface Alternative {
  readonly complete: string | undefined;
  readonly reason: string | undefined;
  readonly why:
    | { readonly kind: "memory"; readonly missingBytes: number }
    | { readonly kind: "speed"; readonly model: string; readonly tokensPerSecond: number }
    | { readonly kind: "smaller" };
}

export interface Plan {
  readonly hardware: Hardware;
  readonly complete: PlannedRole | undefined;
  readonly reason: PlannedRole | undefined;
  readonly because: readonly Reason[];
  readonly alternatives: readonly Alternative[];
}
