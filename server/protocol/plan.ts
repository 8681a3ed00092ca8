/** `hearth/plan`: which models this machine can run, how they would be loaded, and why. */

import type { NoParams, RequestSpec } from "./message.ts";

export interface PlanResult {
  readonly hardware: PlanHardware;
  readonly roles: {
    readonly complete: PlanRole | null;
    readonly reason: PlanRole | null;
    readonly embed: null;
  };
  /** Whether any model that completes fits. */
  readonly fits: boolean;
  /** Of what reasons; `null` where nothing does, or nobody says what its hardware takes and costs. */
  readonly cost: PlanCost | null;
  /** Sentences in the person's language. */
  readonly because: readonly string[];
  readonly alternatives: readonly PlanAlternative[];
}

/** In dollars. */
export interface PlanCost {
  /** The model's id in the catalogue. */
  readonly model: string;
  readonly perMillion: {
    readonly electricity: number;
    readonly hardware: number;
    readonly total: number;
    readonly api: number;
  };
  /** What it was reckoned with; what the person did not say is assumed. */
  readonly prices: {
    /** Of a kilowatt hour. */
    readonly electricity: number;
    readonly watts: number;
    readonly hardware: number;
    readonly years: number;
    readonly hoursADay: number;
    /** Of a million tokens. */
    readonly api: number;
  };
  readonly because: readonly string[];
}

export interface PlanHardware {
  readonly kind: "computer" | "apple" | "board";
  readonly ramBytes: number;
  /** In bytes a second. */
  readonly ramBandwidth: number;
  readonly cores: number;
  readonly instructions: readonly string[];
  readonly gpus: readonly {
    readonly name: string;
    readonly memoryBytes: number;
    readonly bandwidth: number;
    readonly othersBytes?: number;
    /** Nobody says which bandwidth it has; left out where it is known. */
    readonly bandwidthFrom?: "assumed";
  }[];
  readonly backEnd?: string;
}

export interface PlanRole {
  readonly runtime: "embedded" | "llama-server";
  /** The model's id in the catalogue. */
  readonly model: string;
  readonly name: string;
  readonly quant: string;
  readonly licence: string;
  readonly contextTokens: number;
  readonly kvType: "f16" | "q8_0";
  readonly gpuLayers: number;
  readonly gpus: readonly number[];
  readonly slots: number;
  readonly flashAttention: "auto" | "off";
  readonly bytes: { readonly weights: number; readonly kv: number; readonly overhead: number };
  /** Whether the bytes of the weights are those of a published file, or were computed. */
  readonly weightsFrom: "published" | "computed";
  /** What `hearth models pull` takes; empty where nobody is known to publish the file. */
  readonly pull: string;
  /** Its name in Ollama's library; empty where it is not there. */
  readonly ollama: string;
  readonly tokensPerSecond: number;
}

export interface PlanAlternative {
  readonly complete: string | null;
  readonly reason: string | null;
  /** `smaller` fits too; for the others there is too little memory, or they would be too slow. */
  readonly kind: "smaller" | "memory" | "speed";
  readonly why: string;
}

export const planRequest: RequestSpec<NoParams, PlanResult> = {
  method: "hearth/plan",
  kind: "request",
  direction: "client to server",
  summary: "What `hearth plan --json` prints for this machine, in the person's language.",
  params: {},
  result: {
    hardware: [
      "`{ kind, ramBytes, ramBandwidth, cores, instructions, gpus, backEnd? }`",
      "what the plan is for; each GPU is `{ name, memoryBytes, bandwidth, othersBytes?, bandwidthFrom? }`, bandwidths in bytes a second, `othersBytes` what other programs use of it, `bandwidthFrom` is `assumed` where nobody says which",
    ],
    roles: [
      "`{ complete, reason, embed }`",
      "each `null`, or `{ runtime, model, name, quant, licence, contextTokens, kvType, gpuLayers, gpus, slots, flashAttention, bytes: { weights, kv, overhead }, weightsFrom, tokensPerSecond, pull, ollama }`; `pull` is what `hearth/models/pull` takes, empty where nobody is known to publish the file; `ollama` its name in Ollama's library, or empty",
    ],
    fits: ["`boolean`", "whether any model that completes fits"],
    cost: [
      "`{ model, perMillion: { electricity, hardware, total, api }, prices: { electricity, watts, hardware, years, hoursADay, api }, because }`",
      "what a million tokens cost here in dollars, beside an API, of what reasons; `null` where nothing does, or nobody says what the GPUs that it lies on take and cost",
    ],
    because: ["`string[]`", "the reasons, in sentences"],
    alternatives: [
      "`{ complete, reason, kind, why }[]`",
      "ids of the catalogue or `null`, and why they are not chosen; `kind` is `smaller` (it fits too), `memory` or `speed`",
    ],
  },
};
