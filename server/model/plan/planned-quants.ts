/** Which quantisations of a model a plan may choose. */

import type { CatalogueModel, CatalogueQuant } from "../catalogue.ts";

/** A plan is of use when it can be fetched: of a model whose files are known in part, only those. */
export function plannedQuants({ quants }: CatalogueModel): readonly CatalogueQuant[] {
  const published = quants.filter(({ file }) => file !== undefined);
  return published.length > 0 ? published : quants;
}
