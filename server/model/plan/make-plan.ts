/**
 * Chooses models for a machine: the highest tier that fits in its smallest form and is fast enough; then what
 * memory is left is spent, the most useful thing first.
 */

import type { CatalogueModel, CatalogueQuant } from "../catalogue.ts";
import { type Corrections, noCorrections } from "./corrections.ts";
import { type Hardware, runtimeFor } from "./hardware.ts";
import { boardContextTokens, fewCores, leastContextTokens, slowest } from "./limits.ts";
import { type Loads, type Placement, placements } from "./place.ts";
import type { Alternative, KvType, Load, Plan, PlannedRole, Reason } from "./plan.ts";
import { plannedQuants } from "./planned-quants.ts";
import { reasonsOf } from "./reasons-of.ts";
import { mostSpilledParameters, type Tier, tiers, tiersOf } from "./tiers.ts";
import { upgrades } from "./upgrades.ts";

/** What a plan may know beside the hardware. */
export interface PlanKnowledge {
  /** What loads took on this machine. */
  readonly corrections?: Corrections;
  /** Only these may be planned; left out: what the catalogue has. */
  readonly models?: readonly CatalogueModel[];
}

export function makePlan(hardware: Hardware, knowledge: PlanKnowledge = {}): Plan {
  const { corrections = noCorrections, models } = knowledge;
  const known = withMeasured(corrections, hardware);
  const allowed = models ? tiersOf(models) : tiers;
  const candidates = tiersFor(hardware, allowed).map((tier) => tryTier({ tier, known }, hardware));
  const step = candidates.findLastIndex(({ verdict }) => verdict.kind === "good");
  const chosen = candidates[step];
  const alternatives = alternativesTo(step, candidates);
  if (!chosen || chosen.verdict.kind !== "good") {
    const because: readonly Reason[] = allowed.length > 0 ? reasonsOf(hardware) : [{ kind: "none-here" }];
    return { hardware, complete: undefined, reason: undefined, because, alternatives };
  }
  const { loads, placement } = spend(chosen.verdict, hardware);
  const complete = roleOf(loads.complete, placement.complete, hardware);
  const reason = loads.reason && placement.reason && roleOf(loads.reason, placement.reason, hardware);
  return { hardware, complete, reason, because: reasonsOf(hardware, { complete, reason }), alternatives };
}

interface Good {
  readonly kind: "good";
  readonly loads: Loads;
  readonly placement: Fitting;
}

type Fitting = Extract<Placement, { readonly kind: "fits" }>;

interface Candidate {
  readonly tier: Tier;
  readonly verdict: Good | Exclude<Alternative["why"], { readonly kind: "smaller" }>;
}

type Known = (load: Load) => Load;

/** Gives a load what was learnt of such loads. */
function withMeasured(corrections: Corrections, hardware: Hardware): Known {
  const { backEnd } = hardware;
  if (backEnd === undefined) return (load) => load;
  return (load) => {
    const measured = corrections({ shape: load.model.shape, runtime: runtimeFor(hardware), backEnd });
    return measured ? { ...load, measured } : load;
  };
}

function tiersFor({ gpus, cores }: Hardware, allowed: readonly Tier[]): readonly Tier[] {
  if (gpus.length > 0 || cores >= fewCores) return allowed;
  return allowed
    .map((tier) => ({ ...tier, complete: allowed[0]?.complete }))
    .filter((tier, step, all) => tier.reason !== all[step - 1]?.reason || step === 0);
}

interface Trial {
  readonly tier: Tier;
  readonly known: Known;
}

function tryTier({ tier, known }: Trial, hardware: Hardware): Candidate {
  // Keys and values at eight bits need flash attention, which is off on the processor.
  const kvTypes: readonly KvType[] = hardware.gpus.length > 0 ? ["q8_0", "f16"] : ["f16"];
  const tried = kvTypes.map((kvType) => judge(smallestLoads({ tier, kvType, known }, hardware), hardware));
  const [first] = tried;
  const verdict = tried.find(({ kind }) => kind === "good") ?? first;
  return { tier, verdict: verdict ?? { kind: "memory", missingBytes: 0 } };
}

function judge(loads: Loads | undefined, hardware: Hardware): Candidate["verdict"] {
  if (!loads) return { kind: "memory", missingBytes: 0 };
  // A model that lies partly in the main memory has its keys and values at full width.
  const spills =
    hardware.kind !== "apple" &&
    (loads.reason?.model.parameters ?? 0) <= mostSpilledParameters &&
    loads.reason?.kvType !== "q8_0";
  const spill = spills ? "allowed" : "forbidden";
  const verdicts = placements(loads, hardware, { spill }).map((placement) => verdictOn(loads, placement));
  return verdicts.find(({ kind }) => kind === "good") ?? verdicts[0] ?? { kind: "memory", missingBytes: 0 };
}

function verdictOn(loads: Loads, placement: Placement): Candidate["verdict"] {
  if (placement.kind === "too-large") return { kind: "memory", missingBytes: placement.missingBytes };
  return tooSlow(loads, placement) ?? { kind: "good", loads, placement };
}

function tooSlow(loads: Loads, { complete, reason }: Fitting): Candidate["verdict"] | undefined {
  if (complete.tokensPerSecond < slowest.complete) {
    return { kind: "speed", model: loads.complete.model.name, tokensPerSecond: complete.tokensPerSecond };
  }
  if (!loads.reason || !reason || reason.tokensPerSecond >= slowest.reason) return undefined;
  return { kind: "speed", model: loads.reason.model.name, tokensPerSecond: reason.tokensPerSecond };
}

function smallestLoads(
  { tier: { complete, reason }, kvType, known }: Trial & { readonly kvType: KvType },
  { kind }: Hardware,
): Loads | undefined {
  if (!complete) return undefined;
  const contextTokens = kind === "board" ? boardContextTokens : leastContextTokens.complete;
  return {
    complete: known(smallestLoad(complete, { contextTokens, kvType: "f16" })),
    reason: reason && known(smallestLoad(reason, { contextTokens: leastContextTokens.reason, kvType })),
  };
}

function smallestLoad(model: CatalogueModel, options: Pick<Load, "contextTokens" | "kvType">): Load {
  return { model, quant: smallestQuant(model), slots: 1, ...options };
}

function smallestQuant(model: CatalogueModel): CatalogueQuant {
  const last = plannedQuants(model).at(-1);
  if (!last) throw new Error("A model of the catalogue has no quantisation.");
  return last;
}

/** Each improvement is kept when all still fits and stays quick. */
function spend(start: Good, hardware: Hardware): Good {
  let current = start;
  for (const { improve, keepsQuick } of upgrades(hardware)) {
    const loads = improve(current.loads);
    if (!loads) continue;
    const next = judge(loads, hardware);
    if (next.kind !== "good" || !keepsQuick(next.placement)) continue;
    if (lessAtHand(current.placement, next.placement)) continue;
    current = next;
  }
  return current;
}

/** No improvement is worth layers in the main memory, or a model cut over several GPUs. */
function lessAtHand(before: Fitting, after: Fitting): boolean {
  return (["complete", "reason"] as const).some((role) => {
    const [was, is] = [before[role], after[role]];
    return was && is ? is.gpuLayers < was.gpuLayers || is.gpus.length > was.gpus.length : false;
  });
}

function roleOf(load: Load, placed: Fitting["complete"], hardware: Hardware): PlannedRole {
  return {
    ...load,
    ...placed,
    runtime: runtimeFor(hardware),
    flashAttention: placed.gpus.length > 0 ? "auto" : "off",
  };
}

/** The next two larger ones, with why they are not chosen, and the next smaller one. */
function alternativesTo(step: number, candidates: readonly Candidate[]): readonly Alternative[] {
  const larger = candidates
    .slice(step + 1, step + 3)
    .flatMap(({ tier, verdict }) => (verdict.kind === "good" ? [] : [{ ...namesOf(tier), why: verdict }]));
  const below = candidates[step - 1];
  return below ? [...larger, { ...namesOf(below.tier), why: { kind: "smaller" } }] : larger;
}

function namesOf({ complete, reason }: Tier): Pick<Alternative, "complete" | "reason"> {
  return { complete: complete?.id, reason: reason?.id };
}
