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
      /** Main memory that a model may still take. */
      readonly freeBytes: number;
      /** The GPUs that it reaches, with their memory together, and how much of that is main memory. */
      readonly video?: {
        readonly names: readonly string[];
        readonly totalBytes: number;
        readonly unifiedBytes: number;
      };
    }
  | { readonly kind: "missing"; readonly reason: string }
  | { readonly kind: "broken"; readonly reason: string };

export type OllamaFinding =
  | {
      readonly kind: "found";
      readonly url: string;
      readonly version: string;
      /** Those that it computes itself. */
      readonly models: readonly string[];
      /** How many more are computed in a cloud; left out where none is. */
      readonly elsewhere?: number;
    }
  | { readonly kind: "absent"; readonly url: string }
  /** Something listens there and says nothing. */
  | { readonly kind: "late"; readonly url: string }
  /** Something else answers there. */
  | { readonly kind: "stranger"; readonly url: string }
  /** The address leaves this machine, and the settings forbid that. */
  | { readonly kind: "not-asked"; readonly url: string };

/** A server of OpenAI's protocol that answers; one that does not is a RuntimeError. */
export type OpenAiFinding =
  | { readonly kind: "found"; readonly url: string; readonly models: number }
  /** It tells nobody without a key what it has. */
  | { readonly kind: "wants-key"; readonly url: string };

export interface LlamaServerFinding {
  /** The program on PATH. */
  readonly path?: string;
  /** One that answers at its address. */
  readonly running?: { readonly url: string; readonly model: string };
  /** What is there in its place: a program that is none, or one that says nothing. */
  readonly instead?: { readonly url: string; readonly kind: "stranger" | "late" };
}

/** A GGUF file whose header is sound. */
export interface ModelFile {
  readonly kind: "model";
  readonly path: string;
  /** The file's base name without its ending: what `embedded/<name>` means. */
  readonly name: string;
  readonly fileBytes: number;
  readonly parameters: number;
  /** How it fills in the middle; left out when it was never trained to. */
  readonly fim?: FimFamilyId;
  /** It answers with reasoning first. */
  readonly reasons?: true;
}

export type ModelFileFinding =
  | ModelFile
  | { readonly kind: "unusable"; readonly path: string; readonly error: RuntimeError };

/**
 * The models that can complete, the largest first: of those that a person has put there, the larger one is
 * the better one.
 */
export function completionCandidates(files: readonly ModelFileFinding[]): readonly ModelFile[] {
  return files
    .flatMap((file) => (file.kind === "model" && file.fim !== undefined ? [file] : []))
    .toSorted((a, b) => b.fileBytes - a.fileBytes);
}

/**
 * With fewer parameters a model writes no code of use: the smallest that was published for completion has over
 * 100 million. Smaller ones are for tests.
 */
export const leastParameters = 50e6;

export function isTooSmall({ parameters }: ModelFile): boolean {
  return parameters < leastParameters;
}

/** Those that may be chosen without being named, the best first. */
export function autoCandidates(files: readonly ModelFileFinding[]): readonly ModelFile[] {
  return completionCandidates(files).filter((file) => !isTooSmall(file));
}

/** Those that reason, the best first. */
export function autoReasoners(files: readonly ModelFileFinding[]): readonly ModelFile[] {
  return files
    .flatMap((file) => (file.kind === "model" && file.reasons && !isTooSmall(file) ? [file] : []))
    .toSorted((a, b) => b.fileBytes - a.fileBytes);
}

/** A model that an Ollama has. */
export interface ServedModel {
  /** With its tag. */
  readonly name: string;
  readonly bytes: number;
  /** Infinity where that is not said. */
  readonly parameters: number;
  /** It was trained to fill in the middle. */
  readonly fills: boolean;
  /** `thinks`: one that can reason, and is no R1. */
  readonly reasons: "r1" | "thinks" | "no";
}

/** Those of an Ollama that may be chosen without being named, the best first. */
export function autoServed(
  role: "complete" | "reason",
  models: readonly ServedModel[],
): readonly ServedModel[] {
  const able = models.filter(
    ({ fills, reasons, parameters }) =>
      parameters >= leastParameters && (role === "complete" ? fills : reasons !== "no"),
  );
  const isOther = ({ reasons }: ServedModel) => Number(role === "reason" && reasons !== "r1");
  return able.toSorted((a, b) => isOther(a) - isOther(b) || b.bytes - a.bytes);
}
