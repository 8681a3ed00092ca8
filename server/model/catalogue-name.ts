/** What a person means who names a model of the catalogue, with a quantisation or without one. */

import { type CatalogueFile, type CatalogueModel, type CatalogueQuant, catalogue } from "./catalogue.ts";

export type CatalogueChoice =
  | {
      readonly kind: "found";
      readonly model: CatalogueModel;
      readonly quant: CatalogueQuant;
      readonly file: CatalogueFile;
    }
  /** The catalogue knows the model, and no file of it, or none of that quantisation. */
  | { readonly kind: "no-file"; readonly model: CatalogueModel; readonly quants: readonly string[] };

/** What most people take, where a name leaves it open. */
const usualQuant = "Q4_K_M";

/**
 * Reads `ID`, `ID:QUANT` and `ID-QUANT`, such as `qwen2.5-coder-1.5b-q4_k_m`; case does not count. Undefined where
 * the catalogue has no such model.
 */
export function findInCatalogue(
  name: string,
  models: readonly CatalogueModel[] = catalogue,
): CatalogueChoice | undefined {
  const wanted = name.toLowerCase();
  const model = models
    .filter(({ id }) => wanted === id || wanted.startsWith(`${id}:`) || wanted.startsWith(`${id}-`))
    .toSorted((a, b) => b.id.length - a.id.length)[0];
  if (!model) return undefined;
  const rest = wanted.slice(model.id.length + 1);
  const published = model.quants.filter(({ file }) => file !== undefined);
  const named = published.find(({ quant }) => quant.toLowerCase() === rest);
  const usual = published.find(({ quant }) => quant === usualQuant) ?? published.at(-1);
  const quant = rest === "" ? usual : named;
  if (quant?.file) return { kind: "found", model, quant, file: quant.file };
  const isQuant = rest === "" || /^i?q\d|^b?f\d/.test(rest);
  return isQuant ? { kind: "no-file", model, quants: published.map((each) => each.quant) } : undefined;
}

/** The name that means exactly this file; empty where nobody is known to publish it. */
export function pullName({ id }: CatalogueModel, { quant, file }: CatalogueQuant): string {
  return file ? `${id}:${quant}` : "";
}
