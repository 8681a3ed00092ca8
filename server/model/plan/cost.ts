/** What a million tokens cost on a machine of one's own, beside what somebody asks for them over a network. */

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
const assumed = { electricity: 0.3, years: 4, hoursADay: 2, api: 2.19 } as const;

/** Watts and dollars of one GPU with its share of the computer, of a computer without one, a chip of Apple's, a board. */
const machines = {
  gpu: { watts: 350, hardware: 1600 },
  computer: { watts: 100, hardware: 800 },
  apple: { watts: 60, hardware: 2000 },
  board: { watts: 10, hardware: 80 },
} as const;

export function assumedPrices(kind: "computer" | "apple" | "board", gpus: number): Prices {
  const machine = kind === "computer" && gpus > 0 ? machines.gpu : machines[kind];
  const times = kind === "computer" ? Math.max(1, gpus) : 1;
  return { ...assumed, watts: machine.watts * times, hardware: machine.hardware * times };
}
