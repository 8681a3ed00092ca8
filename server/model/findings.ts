/** What was found on this machine that can run models; nothing is started or fetched to find it. */

import type { FimFamilyId } from "./fim.ts";
import type { RuntimeError } from "./runtime-error.ts";

/** llama.cpp as it came with Hearth. */
export type LlamaCppFinding =
  | {
      readonly kind: "works";
      readonly release: string;
      /** `none`, or the API that reaches the GPU. */
      readonly gpu: string;
      readonly physicalCores: number;
    }
  | { readonly kind: "missing"; readonly reason: string }
  | { readonly kind: "broken"; readonly reason: string };

export type OllamaFinding =
  | {
      readonly kind: "found";
      readonly url: string;
      readonly version: string;
      readonly models: readonly string[];
    }
  | { readonly kind: "absent"; readonly url: string }
  /** Something else answers there. */
  | { readonly kind: "stranger"; readonly url: string }
  /** The address leaves this machine, and the settings forbid that. */
  | { readonly kind: "not-asked"; readonly url: string };

export interface LlamaServerFinding {
  /** The program on PATH. */
  readonly path?: string;
  /** One that answers at its usual address. */
  readonly running?: { readonly url: string; readonly model: string };
}

export type ModelFileFinding =
  | {
      readonly kind: "model";
      readonly path: string;
      readonly name: string;
      readonly fileBytes: number;
      /** How it fills in the middle; left out when it was never trained to. */
      readonly fim?: FimFamilyId;
    }
  | { readonly kind: "unusable"; readonly path: string; readonly error: RuntimeError };
