/**
 * Which models go together, from the smallest machine to the largest. No step makes either of the two smaller, so
 * a machine with more memory never gets a smaller model. What completes is small beside what reasons, because it
 * is waited for at every pause; its licence lets anybody use it at work.
 */

import { type CatalogueModel, catalogueModel } from "../catalogue.ts";

export interface Tier {
  readonly complete: CatalogueModel | undefined;
  readonly reason: CatalogueModel | undefined;
}

const steps: readonly (readonly [complete: string, reason?: string])[] = [
  ["qwen2.5-coder-0.5b"],
  ["qwen2.5-coder-0.5b", "deepseek-r1-distill-qwen-1.5b"],
  ["qwen2.5-coder-1.5b", "deepseek-r1-distill-qwen-1.5b"],
  ["qwen2.5-coder-1.5b", "deepseek-r1-distill-qwen-7b"],
  ["qwen2.5-coder-1.5b", "deepseek-r1-0528-qwen3-8b"],
  ["qwen2.5-coder-1.5b", "deepseek-r1-distill-qwen-14b"],
  ["qwen2.5-coder-1.5b", "deepseek-r1-distill-qwen-32b"],
  ["qwen2.5-coder-7b", "deepseek-r1-distill-qwen-32b"],
  ["qwen2.5-coder-7b", "deepseek-r1-distill-llama-70b"],
  ["qwen3-coder-30b-a3b", "deepseek-r1-distill-llama-70b"],
  ["qwen3-coder-30b-a3b", "deepseek-r1-671b"],
];

export const tiers: readonly Tier[] = steps.map(([complete, reason]) => ({
  complete: catalogueModel(complete),
  reason: reason === undefined ? undefined : catalogueModel(reason),
}));

/**
 * Of models that are there, whatever they are: any that completes with any that reasons, the larger of those that
 * reason the later, and beside the same one the larger that completes.
 */
export function tiersOf(models: readonly CatalogueModel[]): readonly Tier[] {
  const bySize = models.toSorted((a, b) => a.parameters - b.parameters);
  const completers = bySize.filter(({ role }) => role === "complete");
  const reasoners = bySize.filter(({ role }) => role === "reason");
  return [undefined, ...reasoners].flatMap((reason) => completers.map((complete) => ({ complete, reason })));
}

/** The smallest that completes: for a processor with few cores, which computes prompts slowly. */
export const smallestCompleter: CatalogueModel | undefined = tiers[0]?.complete;

/** A larger one may not lie partly in the main memory of a machine with a GPU: it would be too slow. */
export const mostSpilledParameters = catalogueModel("deepseek-r1-0528-qwen3-8b")?.parameters ?? 0;
