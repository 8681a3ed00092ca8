/** What tokens cost, in a sentence that names what was assumed. */

import type { Localizer } from "../../base/l10n.ts";
import type { Cost } from "./cost.ts";
import { count } from "./explain.ts";

export function explainCost(
  { perMillion, prices }: Cost,
  model: string,
  { t, language }: Localizer,
): readonly string[] {
  const dollars = (value: number) =>
    `$${value.toLocaleString(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  return [
    t(
      "A million tokens of {0} cost about {1}: {2} of electricity and {3} of hardware; an API asks {4}.",
      model,
      dollars(perMillion.total),
      dollars(perMillion.electricity),
      dollars(perMillion.hardware),
      dollars(perMillion.api),
    ),
    t(
      "Assumed unless you set it: {0} W while it writes, {1} a kWh, {2} of hardware over {3} years at {4} hours of writing a day, and the price of the API.",
      count(prices.watts, language),
      dollars(prices.electricity),
      dollars(prices.hardware),
      count(prices.years, language),
      count(prices.hoursADay, language),
    ),
  ];
}
