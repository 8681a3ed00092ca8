/** What a million tokens cost on a machine of one's own, beside what somebody asks for them over a network. */

import { findAccelerator } from "../accelerators.ts";
import type { Hardware } from "./hardware.ts";
import type { PlannedRole } from "./plan.ts";

/** In dollars; all but the API's price are of one's own. */
export interface Prices {
  /** A kilowatt hour. */
  readonly electricity: number;
  /** While it writes, in watts. */
  readonly watts: number;
  /** Of what is bought for it. */
  readonly hardware: number;
  /** Over which that is written off. */
  readonly years: number;
  /** In which it writes, on each day of those years. */
  readonly hoursADay: number;
  /** A million tokens of an API's answer. */
  readonly api: number;
}

export interface Cost {
  readonly perMillion: {
    readonly electricity: number;
    readonly hardware: number;
    readonly total: number;
    readonly api: number;
  };
  /** What it was reckoned with. */
  readonly prices: Prices;
}

const secondsAnHour = 3600;
const daysAYear = 365;

export function costOf(tokensPerSecond: number, prices: Prices): Cost {
  const hours = 1e6 / tokensPerSecond / secondsAnHour;
  const electricity = (prices.watts / 1000) * hours * prices.electricity;
  const lifeHours = prices.years * daysAYear * prices.hoursADay;
  const hardware = (prices.hardware / lifeHours) * hours;
  return { perMillion: { electricity, hardware, total: electricity + hardware, api: prices.api }, prices };
}

/**
 * Assumed where a person says nothing, for want of their bill; each is named with its unit where it is used. The
 * API's is what R1's makers asked for its answers (api-docs.deepseek.com, pricing-details-usd).
 */
export const assumed = { electricity: 0.3, years: 4, hoursADay: 2, api: 2.19 } as const;

/** Watts and dollars of a computer that has no GPU. */
const plainComputer = { watts: 100, hardware: 800 } as const;

/** Undefined where neither the person nor a source says what the hardware takes and costs. */
export function pricesOf(
  hardware: Hardware,
  role: Pick<PlannedRole, "gpus">,
  set: Partial<Prices>,
): Prices | undefined {
  const { watts, hardware: dollars } = { ...machineCost(hardware, role), ...set };
  if (watts === undefined || dollars === undefined) return undefined;
  return { ...assumed, ...set, watts, hardware: dollars };
}

/** Only the GPUs on which the model lies: it writes no faster for those that stand beside them. */
function machineCost(
  { kind, gpus }: Hardware,
  role: Pick<PlannedRole, "gpus">,
): Partial<Pick<Prices, "watts" | "hardware">> {
  if (kind !== "computer") return {};
  if (role.gpus.length === 0) return plainComputer;
  const costs = role.gpus.map((index) => costOfGpu(gpus[index]?.name ?? ""));
  const known = costs.filter((cost) => cost !== undefined);
  if (known.length < costs.length) return {};
  return {
    watts: known.reduce((sum, { watts }) => sum + watts, 0),
    hardware: known.reduce((sum, { dollars }) => sum + dollars, 0),
  };
}

/** What a laptop has under the same name is another GPU, and not for sale alone. */
function costOfGpu(name: string) {
  return /laptop|mobile|max-q/i.test(name) ? undefined : findAccelerator(name)?.cost;
}
