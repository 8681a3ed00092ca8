/** What of the catalogue may be fetched for a machine: of each model the quantisation that suits it best. */

import { type CatalogueModel, type CatalogueQuant, catalogue } from "../catalogue.ts";
import { leastContextTokens } from "./limits.ts";
import { placements } from "./place.ts";
import type { Load, Plan } from "./plan.ts";
import { smallestCompleter } from "./tiers.ts";

export interface Offer {
  readonly model: CatalogueModel;
  readonly quant: CatalogueQuant;
  /** Whether the machine has the memory for it, one that reasons beside the smallest that completes. */
  readonly fits: boolean;
  /** The role for which the plan chooses it. */
  readonly planned: "complete" | "reason" | undefined;
}

/** Models whose file nobody is known to publish are left out. What the plan chooses first, then what fits. */
export function offersFor(plan: Plan, models: readonly CatalogueModel[] = catalogue): readonly Offer[] {
  return models
    .flatMap((model) => offerOf(model, plan) ?? [])
    .toSorted((a, b) => rank(a) - rank(b) || b.model.parameters - a.model.parameters);
}

function offerOf(model: CatalogueModel, plan: Plan): Offer | undefined {
  const published = model.quants.filter(({ file }) => file !== undefined);
  const planned = (["complete", "reason"] as const).find((role) => plan[role]?.model.id === model.id);
  const chosen = planned && published.find(({ quant }) => quant === plan[planned]?.quant.quant);
  if (chosen) return { model, quant: chosen, fits: true, planned };
  const fitting = published.find((quant) => fitsOn({ model, quant }, plan));
  const quant = fitting ?? published.at(-1);
  return quant && { model, quant, fits: fitting !== undefined, planned };
}

function fitsOn(choice: Pick<Load, "model" | "quant">, { hardware }: Plan): boolean {
  const load = (role: keyof typeof leastContextTokens): Load => ({
    ...choice,
    contextTokens: leastContextTokens[role],
    kvType: "f16",
    slots: 1,
  });
  const companion = smallestLoad(smallestCompleter);
  const loads =
    choice.model.role === "reason" && companion
      ? { complete: companion, reason: load("reason") }
      : { complete: load("complete"), reason: undefined };
  return placements(loads, hardware, { spill: "forbidden" })[0]?.kind === "fits";
}

function smallestLoad(model: CatalogueModel | undefined): Load | undefined {
  const quant = model?.quants.at(-1);
  if (!model || !quant) return undefined;
  return { model, quant, contextTokens: leastContextTokens.complete, kvType: "f16", slots: 1 };
}

function rank({ planned, fits }: Offer): number {
  if (planned) return planned === "complete" ? 0 : 1;
  return fits ? 2 : 3;
}
