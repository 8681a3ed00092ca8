/**
 * The models that Hearth knows: what the planner chooses from, and what a pull may name. The figures stand in
 * `catalogue.json`, each model with where they come from; docs/models.md says how the bytes were found.
 */

import * as v from "valibot";
import catalogueFile from "./catalogue.json" with { type: "json" };
import { fimFamilyIds } from "./fim.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(1));

const shapeSchema = v.strictObject({
  layers: count,
  embedding: count,
  feedForward: count,
  heads: count,
  kvHeads: count,
  headDimension: count,
  vocabulary: count,
  /** The output shares the tensor of the token embeddings. */
  tied: v.boolean(),
  /** The feed-forward part has a gate: three matrices instead of two. */
  gated: v.boolean(),
  experts: v.optional(v.strictObject({ count, used: count, feedForward: count })),
  /**
   * Values of one token and layer in the KV cache, where it is not kvHeads · headDimension · 2: a model with
   * latent attention keeps one compressed vector.
   */
  cachedValues: v.optional(count),
});

/** A file that somebody publishes; its SHA-256 is asked of the repository when it is fetched. */
const fileSchema = v.strictObject({
  /** As `OWNER/REPOSITORY`. */
  repository: v.pipe(v.string(), v.regex(/^[\w.-]+\/[\w.-]+$/)),
  path: v.pipe(v.string(), v.regex(/^[\w.-]+(?:\/[\w.-]+)*\.gguf$/)),
});

const quantSchema = v.strictObject({
  quant: v.string(),
  bytes: count,
  /** Of a published file, to the digits that its page shows, or computed from the shape and llama.cpp's rules. */
  from: v.picklist(["published", "computed"]),
  /** Left out where no source says in which file it is published. */
  file: v.exactOptional(fileSchema),
});

const samplingSchema = v.strictObject({
  temperature: v.number(),
  topP: v.optional(v.number()),
  topK: v.optional(count),
  repeatPenalty: v.optional(v.number()),
});

const modelSchema = v.strictObject({
  id: v.string(),
  name: v.string(),
  role: v.picklist(["complete", "reason", "embed"]),
  parameters: count,
  /** Computed with for one token; left out where it is all of them. */
  activeParameters: v.optional(count),
  shape: shapeSchema,
  contextTokens: count,
  /** Of prompts: a family that fills in the middle, R1's chat, or nothing around the text. */
  template: v.picklist([...fimFamilyIds, "deepseek-r1", "plain"]),
  licence: v.string(),
  /** Whether the licence lets anybody use it at work. */
  commercial: v.boolean(),
  languages: v.string(),
  sampling: v.optional(samplingSchema),
  /** Best first. */
  quants: v.pipe(v.array(quantSchema), v.minLength(1)),
  /** Its name in Ollama's library. */
  ollama: v.optional(v.string()),
  sources: v.pipe(v.array(v.pipe(v.string(), v.url())), v.minLength(1)),
});

export type CatalogueModel = v.InferOutput<typeof modelSchema>;
export type CatalogueQuant = v.InferOutput<typeof quantSchema>;
export type CatalogueFile = v.InferOutput<typeof fileSchema>;

export const catalogue: readonly CatalogueModel[] = v.parse(v.array(modelSchema), catalogueFile);

export function catalogueModel(id: string): CatalogueModel | undefined {
  return catalogue.find((model) => model.id === id);
}
