/** What tokens cost, in sentences that name what was assumed. */

import type { Localizer } from "../../base/l10n.ts";
import type { Cost, Prices } from "./cost.ts";
import { count } from "./explain.ts";

export interface CostOf {
  /** The model's name. */
  readonly model: string;
  /** The names of the GPUs that it lies on. */
  readonly gpus: readonly string[];
  /** What the person has set. */
  readonly set: Partial<Prices>;
}

export function explainCost(
  { perMillion, prices }: Cost,
  { model, gpus, set }: CostOf,
  localizer: Localizer,
): readonly string[] {
  const { t, language } = localizer;
  const dollars = (value: number) =>
    `$${value.toLocaleString(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  const { total, electricity, hardware, api } = perMillion;
  return [
    t(
      "A million tokens of {0} cost about {1}: {2} of electricity and {3} of hardware.",
      model,
      dollars(total),
      dollars(electricity),
      dollars(hardware),
    ),
    set.api === undefined
      ? t("DeepSeek's own API asked {0} for a million tokens of R1.", dollars(api))
      : t("The API with which you compare asks {0}.", dollars(api)),
    t(
      "Assumed unless you set it: {0} W while it writes, {1} a kWh, {2} for {3}, written off over {4} years at {5} hours of writing a day.",
      count(prices.watts, language),
      dollars(prices.electricity),
      dollars(prices.hardware),
      set.hardware === undefined ? boughtText(gpus, localizer) : t("the hardware"),
      count(prices.years, language),
      count(prices.hoursADay, language),
    ),
  ];
}

function boughtText(gpus: readonly string[], { t }: Localizer): string {
  const [name] = gpus;
  if (name === undefined) return t("a computer");
  return t("{0} at its first price", `${gpus.length} × ${name}`);
}
