/** A plan as scripts and other editors get it: plain values, and sentences in the person's language. */

import type { Localizer } from "../../base/l10n.ts";
import { explainAlternative, explainReason } from "./explain.ts";
import type { Hardware } from "./hardware.ts";
import type { LoadBytes, Plan, PlannedRole } from "./plan.ts";

export interface RoleResult
  extends Pick<
    PlannedRole,
    | "runtime"
    | "contextTokens"
    | "kvType"
    | "gpuLayers"
    | "gpus"
    | "slots"
    | "flashAttention"
    | "tokensPerSecond"
  > {
  /** The model's id in the catalogue. */
  readonly model: string;
  readonly name: string;
  readonly quant: string;
  readonly licence: string;
  readonly bytes: LoadBytes;
  /** Whether the bytes of the weights are those of a published file, or were computed. */
  readonly weightsFrom: "published" | "computed";
}

export interface PlanResult {
  readonly hardware: Hardware;
  readonly roles: {
    readonly complete: RoleResult | null;
    readonly reason: RoleResult | null;
    readonly embed: null;
  };
  readonly fits: boolean;
  readonly because: readonly string[];
  readonly alternatives: readonly {
    readonly complete: string | null;
    readonly reason: string | null;
    readonly why: string;
  }[];
}

export function planResult(plan: Plan, localizer: Localizer): PlanResult {
  return {
    hardware: plan.hardware,
    roles: { complete: roleResult(plan.complete), reason: roleResult(plan.reason), embed: null },
    fits: plan.complete !== undefined,
    because: plan.because.map((reason) => explainReason(reason, localizer)),
    alternatives: plan.alternatives.map((alternative) => ({
      complete: alternative.complete ?? null,
      reason: alternative.reason ?? null,
      why: explainAlternative(alternative, localizer),
    })),
  };
}

function roleResult(role: PlannedRole | undefined): RoleResult | null {
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
  };
}
