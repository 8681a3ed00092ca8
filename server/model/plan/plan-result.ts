/** A plan as scripts and other editors get it: plain values, and sentences in the person's language. */

import type { Localizer } from "../../base/l10n.ts";
import type { PriceSetting } from "../../config/price-kind.ts";
import type { PlanResult, PlanRole } from "../../protocol/plan.ts";
import { pullName } from "../catalogue-name.ts";
import { costOf, type Prices, pricesOf } from "./cost.ts";
import { explainAlternative, explainReason } from "./explain.ts";
import { explainCost } from "./explain-cost.ts";
import { quickest } from "./limits.ts";
import type { Plan, PlannedRole } from "./plan.ts";

/** What a person has set, in the words of the settings and the flags. */
export function pricesFrom({ power, ...others }: PriceSetting): Partial<Prices> {
  return { ...others, ...(power === undefined ? {} : { electricity: power }) };
}

/** `prices`: what a person knows better than we assume. */
export function planResult(plan: Plan, localizer: Localizer, prices: Partial<Prices> = {}): PlanResult {
  return {
    hardware: plan.hardware,
    roles: { complete: roleResult(plan.complete), reason: roleResult(plan.reason), embed: null },
    fits: plan.complete !== undefined,
    cost: planCost(plan, prices, localizer),
    because: plan.because.map((reason) => explainReason(reason, localizer)),
    alternatives: plan.alternatives.map((alternative) => ({
      complete: alternative.complete ?? null,
      reason: alternative.reason ?? null,
      kind: alternative.why.kind,
      why: explainAlternative(alternative, localizer),
    })),
  };
}

function planCost(
  { hardware, reason }: Plan,
  set: Partial<Prices>,
  localizer: Localizer,
): PlanResult["cost"] {
  const prices = reason && pricesOf(hardware, reason, set);
  if (!reason || !prices) return null;
  const cost = costOf(Math.min(reason.tokensPerSecond, quickest), prices);
  const gpus = reason.gpus.map((index) => hardware.gpus[index]?.name ?? "");
  const { id, name } = reason.model;
  return { ...cost, model: id, because: explainCost(cost, { model: name, gpus, set }, localizer) };
}

function roleResult(role: PlannedRole | undefined): PlanRole | null {
  if (!role) return null;
  const { runtime, model, quant, contextTokens, kvType, gpuLayers, gpus, slots, flashAttention, bytes } =
    role;
  return {
    runtime,
    model: model.id,
    name: model.name,
    quant: quant.quant,
    licence: model.licence,
    contextTokens,
    kvType,
    gpuLayers,
    gpus,
    slots,
    flashAttention,
    bytes,
    weightsFrom: quant.from,
    tokensPerSecond: role.tokensPerSecond,
    pull: pullName(model, quant),
    ollama: model.ollama ?? "",
  };
}
