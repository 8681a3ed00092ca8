/** What memory that is left is spent on, in this order: the first steps are felt the most. */

import type { CatalogueModel } from "../catalogue.ts";
import { type Hardware, runtimeFor } from "./hardware.ts";
import type { Loads, Place } from "./place.ts";
import type { Load } from "./plan.ts";
import { plannedQuants } from "./planned-quants.ts";

export interface Upgrade {
  /** Undefined where it changes nothing. */
  readonly improve: (loads: Loads) => Loads | undefined;
  /** A finer quantisation is also a slower one. */
  readonly keepsQuick: (placed: { readonly complete: Place; readonly reason: Place | undefined }) => boolean;
}

/** Tokens a second that finer weights may not go below. */
const comfortable = { complete: 40, reason: 15 } as const;

type Role = keyof typeof comfortable;

export function upgrades(hardware: Hardware): readonly Upgrade[] {
  const { gpus, kind } = hardware;
  if (kind === "board") return [plainQuant("complete", "Q4_K_M")];
  const onProcessor = [
    plainQuant("complete", "Q4_K_M"),
    plainQuant("reason", "Q4_K_M"),
    context("complete", 8192),
    context("reason", 16_384),
  ];
  if (gpus.length === 0) return onProcessor;
  return [
    ...onProcessor,
    quant("reason", "Q5_K_M"),
    quant("reason", "Q6_K"),
    quant("complete", "Q6_K"),
    quant("complete", "Q8_0"),
    fullKeys,
    context("reason", 32_768),
    quant("reason", "Q8_0"),
    context("reason", 65_536),
    context("reason", 131_072),
    // The embedded runtime answers one request after the other, in steps.
    ...(runtimeFor(hardware) === "llama-server"
      ? [slots("complete", 2), slots("reason", 2), slots("complete", 4), slots("reason", 4)]
      : []),
  ];
}

function change(role: Role, to: (load: Load) => Load | undefined): Upgrade["improve"] {
  return (loads) => {
    const load = loads[role];
    const changed = load && to(load);
    return changed && { ...loads, [role]: changed };
  };
}

function quant(role: Role, name: string): Upgrade {
  return {
    ...plainQuant(role, name),
    keepsQuick: (placed) => (placed[role]?.tokensPerSecond ?? 0) >= comfortable[role],
  };
}

function plainQuant(role: Role, name: string): Upgrade {
  const improve = change(role, (load) => {
    const finer = quantOf(load.model, name);
    return finer && finer.bytes > load.quant.bytes ? { ...load, quant: finer } : undefined;
  });
  return { improve, keepsQuick: () => true };
}

function quantOf(model: CatalogueModel, name: string): Load["quant"] | undefined {
  return plannedQuants(model).find(({ quant: found }) => found === name);
}

function context(role: Role, tokens: number): Upgrade {
  const improve = change(role, (load) => {
    const contextTokens = Math.min(tokens, load.model.contextTokens);
    return contextTokens > load.contextTokens ? { ...load, contextTokens } : undefined;
  });
  return { improve, keepsQuick: () => true };
}

const fullKeys: Upgrade = {
  improve: change("reason", (load) => (load.kvType === "f16" ? undefined : { ...load, kvType: "f16" })),
  keepsQuick: () => true,
};

function slots(role: Role, count: number): Upgrade {
  return {
    improve: change(role, (load) => (load.slots < count ? { ...load, slots: count } : undefined)),
    keepsQuick: () => true,
  };
}
