/** `hearth plan`: which models this machine, or another, can run, how they would be loaded, and why. */

import { buildCommand, type Command, type FlagParametersForType } from "@stricli/core";
import type { Localizer } from "../base/l10n.ts";
import { mostAmount, type PriceSetting } from "../config/price-kind.ts";
import { withBackend } from "../model/explain-backend.ts";
import type { Prices } from "../model/plan/cost.ts";
import { type HardwareWish, imagineHardware } from "../model/plan/imagined-hardware.ts";
import { makePlan } from "../model/plan/make-plan.ts";
import { planResult, pricesFrom } from "../model/plan/plan-result.ts";
import type { CliContext } from "./cli-context.ts";
import { failed, type Outcome } from "./failure.ts";
import { type GlobalFlags, globalFlags, settingsOf, warnOfProblems } from "./global-flags.ts";
import { paintFor } from "./paint.ts";
import { planText } from "./plan-text.ts";
import { runVerb } from "./run-verb.ts";

interface PlanFlags extends GlobalFlags {
  readonly gpu?: string;
  readonly vram?: number;
  readonly gpus?: number;
  readonly ram?: number;
  readonly cores?: number;
  readonly "offline-only": boolean;
  readonly "api-price"?: number;
  readonly "power-price"?: number;
  readonly watts?: number;
  readonly "hardware-price"?: number;
}

export function planCommand(localizer: Localizer): Command<CliContext> {
  const { t } = localizer;
  return buildCommand<PlanFlags, [], CliContext>({
    docs: { brief: t("Say which models this machine can run, and why") },
    parameters: {
      flags: { ...globalFlags(localizer), ...hardwareFlags(localizer), ...priceFlags(localizer) },
    },
    func(flags) {
      return runVerb({ context: this, json: flags.json }, () => plan(this, flags));
    },
  });
}

function hardwareFlags({
  t,
}: Localizer): FlagParametersForType<Omit<PlanFlags, keyof GlobalFlags | PriceFlag>, CliContext> {
  const size = (input: string) => parseSize(input, t);
  const positive = (input: string) => parseCount(input, t);
  const optional = { kind: "parsed", optional: true } as const;
  return {
    gpu: {
      ...optional,
      parse: String,
      placeholder: "NAME",
      brief: t('Plan for this GPU or chip, such as "RTX 4090" or "M4 Max", or for none'),
    },
    vram: { ...optional, parse: size, placeholder: "24GiB", brief: t("Memory of the GPU") },
    gpus: { ...optional, parse: positive, placeholder: "2", brief: t("How many such GPUs") },
    ram: { ...optional, parse: size, placeholder: "64GiB", brief: t("Main memory") },
    cores: { ...optional, parse: positive, placeholder: "16", brief: t("Cores of the processor") },
    "offline-only": {
      kind: "boolean",
      default: false,
      withNegated: false,
      brief: t("Plan only with the models that are on this disk"),
    },
  };
}

type PriceFlag = "api-price" | "power-price" | "watts" | "hardware-price";

function priceFlags({ t }: Localizer): FlagParametersForType<Pick<PlanFlags, PriceFlag>, CliContext> {
  const amount = { kind: "parsed", optional: true, parse: (input: string) => parseAmount(input, t) } as const;
  return {
    "api-price": {
      ...amount,
      placeholder: "2.19",
      brief: t("What an API asks for a million tokens, in dollars"),
    },
    "power-price": { ...amount, placeholder: "0.30", brief: t("Price of a kWh, in dollars") },
    watts: { ...amount, placeholder: "350", brief: t("What the machine takes while it writes") },
    "hardware-price": { ...amount, placeholder: "1600", brief: t("Price of the hardware, in dollars") },
  };
}

function parseAmount(input: string, t: Localizer["t"]): number {
  const value = input.trim() === "" ? Number.NaN : Number(input);
  if (!(value >= 0 && value <= mostAmount)) throw new SyntaxError(t("{0} is no amount.", input));
  return value;
}

/** Flags go before settings. */
function pricesOf(flags: PlanFlags, set: PriceSetting): Partial<Prices> {
  const { "api-price": api, "power-price": power, watts, "hardware-price": hardware } = flags;
  const said = Object.entries({ api, power, watts, hardware }).filter(([, price]) => price !== undefined);
  return pricesFrom({ ...set, ...Object.fromEntries(said) });
}

async function plan(context: CliContext, flags: PlanFlags): Promise<Outcome> {
  const { localizer, process } = context;
  const here = await context.machine(context.signal);
  const wish = wishOf(flags);
  const hardware = imagineHardware(wish, here.hardware);
  if (!hardware) return failed(unknownGpu(flags.gpu ?? "", localizer));
  const { corrections, modelsHere } = here;
  const run = await settingsOf(flags, context);
  warnOfProblems(run, context);
  const prices = pricesOf(flags, run.settings["plan.prices"]);
  const models = flags["offline-only"] ? { models: await modelsHere() } : {};
  const made = planResult(makePlan(hardware, { corrections, ...models }), localizer, prices);
  // What computes here says nothing of another machine.
  const result = Object.keys(wish).length === 0 ? withBackend(made, here.backend, localizer) : made;
  const columns = columnsOf(process.stdout);
  const text = planText(result, { localizer, columns, paint: paintFor(process.stdout) });
  return { kind: "done", json: result, text };
}

function columnsOf(stream: NodeJS.WritableStream & { readonly columns?: number }): number {
  return stream.columns ?? 80;
}

function wishOf({ gpu, vram, gpus, ram, cores }: PlanFlags): HardwareWish {
  return {
    ...(gpu === undefined ? {} : { gpu }),
    ...(vram === undefined ? {} : { vramBytes: vram }),
    ...(gpus === undefined ? {} : { gpus }),
    ...(ram === undefined ? {} : { ramBytes: ram }),
    ...(cores === undefined ? {} : { cores }),
  };
}

function unknownGpu(name: string, { t }: Localizer) {
  return {
    code: "unknown-gpu",
    message: t("Hearth does not know a GPU called {0}.", name),
    mend: t("Give its memory too, as {0}.", "--vram 24GiB"),
  };
}

const units: Readonly<Record<string, number>> = { "": 1024 ** 3, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** `24GiB`, `24GB`, `24g` and `24` mean the same: memory is sold in powers of two, whatever its label says. */
export function parseSize(input: string, t: Localizer["t"]): number {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)\s*([mgt]?)(?:i?b)?$/i.exec(input.trim()) ?? [];
  const bytes = Number(digits) * (units[unit.toLowerCase()] ?? Number.NaN);
  if (!(bytes > 0)) throw new SyntaxError(t("{0} is no amount of memory; write it as {1}", input, "24GiB"));
  return bytes;
}

const mostOfAnything = 1024;

function parseCount(input: string, t: Localizer["t"]): number {
  const value = Number(input);
  if (!Number.isInteger(value) || value < 1 || value > mostOfAnything) {
    throw new SyntaxError(t("{0} is no number from 1 to {1}", input, mostOfAnything));
  }
  return value;
}
