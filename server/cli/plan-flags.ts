/** What `hearth plan` may be told: another machine than this one, and what power and hardware cost. */

import type { FlagParametersForType } from "@stricli/core";
import type { Localizer } from "../base/l10n.ts";
import { mostAmount } from "../config/price-kind.ts";
import { accelerators } from "../model/accelerators.ts";
import { assumed } from "../model/plan/cost.ts";
import { brokenText } from "./broken-text.ts";
import type { CliContext } from "./cli-context.ts";
import { type GlobalFlags, globalFlags } from "./global-flags.ts";

export interface PlanFlags extends GlobalFlags {
  readonly gpu?: string;
  readonly vram?: number;
  readonly bandwidth?: number;
  readonly gpus?: number;
  readonly ram?: number;
  readonly cores?: number;
  readonly "offline-only": boolean;
  readonly "api-price"?: number;
  readonly "power-price"?: number;
  readonly watts?: number;
  readonly "hardware-price"?: number;
}

export function planFlags(localizer: Localizer): FlagParametersForType<PlanFlags, CliContext> {
  return { ...globalFlags(localizer), ...hardwareFlags(localizer), ...priceFlags(localizer) };
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
    vram: {
      ...optional,
      parse: size,
      placeholder: "24GiB",
      brief: t("Memory of the GPU, such as {0} [default: what the GPU is known to have]", "24GiB"),
    },
    bandwidth: {
      ...optional,
      parse: (input: string) => parseBandwidth(input, t),
      placeholder: "1008",
      brief: t("Bandwidth of the memory in GB a second, such as {0} [default: what is known of it]", 1008),
    },
    gpus: {
      ...optional,
      parse: positive,
      placeholder: "2",
      brief: t("How many such GPUs [default: {0}]", 1),
    },
    ram: {
      ...optional,
      parse: size,
      placeholder: "64GiB",
      brief: t("Main memory, such as {0} [default: this machine's]", "64GiB"),
    },
    cores: {
      ...optional,
      parse: positive,
      placeholder: "16",
      brief: t("Cores of the processor, such as {0} [default: this machine's]", 16),
    },
    "offline-only": {
      kind: "boolean",
      default: false,
      withNegated: false,
      brief: t("Plan only with the models that are on this disk"),
    },
  };
}

const descriptionColumns = 100;

export function planDescription({ t }: Localizer): string {
  const names = accelerators.map(({ name }) => name.replaceAll(" ", "\u00a0")).join(", ");
  return [
    t("Sizes are in powers of two: {0} and {1} mean the same.", "64GB", "64GiB"),
    "",
    t("GPUs, chips and boards that it knows by name:"),
    ...brokenText(names, descriptionColumns).map((line) => line.replaceAll("\u00a0", " ")),
  ].join("\n");
}

type PriceFlag = "api-price" | "power-price" | "watts" | "hardware-price";

function priceFlags({ t }: Localizer): FlagParametersForType<Pick<PlanFlags, PriceFlag>, CliContext> {
  const amount = { kind: "parsed", optional: true, parse: (input: string) => parseAmount(input, t) } as const;
  return {
    "api-price": {
      ...amount,
      placeholder: "2.19",
      brief: t("What an API asks for a million tokens, in dollars [default: {0}]", assumed.api),
    },
    "power-price": {
      ...amount,
      placeholder: "0.30",
      brief: t("Price of a kWh, in dollars [default: {0}]", assumed.electricity),
    },
    watts: {
      ...amount,
      placeholder: "450",
      brief: t(
        "Watts that the machine takes while it writes, such as {0} [default: what is known of it]",
        450,
      ),
    },
    "hardware-price": {
      ...amount,
      placeholder: "1600",
      brief: t("Price of the hardware in dollars, such as {0} [default: what is known of it]", 1600),
    },
  };
}

function parseAmount(input: string, t: Localizer["t"]): number {
  const value = input.trim() === "" ? Number.NaN : Number(input);
  if (!(value >= 0 && value <= mostAmount)) throw new SyntaxError(t("{0} is no amount.", input));
  return value;
}

const units: Readonly<Record<string, number>> = { "": 1024 ** 3, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** `24GiB`, `24GB`, `24g` and `24` mean the same: memory is sold in powers of two, whatever its label says. */
export function parseSize(input: string, t: Localizer["t"]): number {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)\s*([mgt]?)(?:i?b)?$/i.exec(input.trim()) ?? [];
  const bytes = Number(digits) * (units[unit.toLowerCase()] ?? Number.NaN);
  if (!(bytes > 0)) throw new SyntaxError(t("{0} is no amount of memory; write it as {1}", input, "24GiB"));
  return bytes;
}

const mostBandwidth = 100_000;

/** In GB a second, as makers write it; in bytes a second. */
function parseBandwidth(input: string, t: Localizer["t"]): number {
  const [, digits] = /^(\d+(?:\.\d+)?)\s*(?:GB\/s)?$/i.exec(input.trim()) ?? [];
  const value = Number(digits);
  if (!(value > 0 && value <= mostBandwidth))
    throw new SyntaxError(t("{0} is no bandwidth; write it in GB a second, as {1}", input, 1008));
  return value * 1e9;
}

const mostOfAnything = 1024;

function parseCount(input: string, t: Localizer["t"]): number {
  const value = Number(input);
  if (!Number.isInteger(value) || value < 1 || value > mostOfAnything) {
    throw new SyntaxError(t("{0} is no number from 1 to {1}", input, mostOfAnything));
  }
  return value;
}
