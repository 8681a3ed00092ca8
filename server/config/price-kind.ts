/** The setting `plan.prices`: what tokens and power cost a person, for the line that compares the two. */

import { type Fault, isObject, type Kind } from "./kinds.ts";

/** In dollars, but for the watts; what is left out is assumed. */
export interface PriceSetting {
  /** A million tokens of an API's answer. */
  readonly api?: number;
  /** A kilowatt hour. */
  readonly power?: number;
  /** What the machine takes while it writes. */
  readonly watts?: number;
  readonly hardware?: number;
}

const names = ["api", "power", "watts", "hardware"] as const;
export const mostAmount = 1e9;
const amount = { type: "number", minimum: 0, maximum: mostAmount } as const;

export const prices: Kind<PriceSetting> = {
  name: "{ api, power, watts, hardware }",
  schema: {
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(names.map((name) => [name, amount])),
  },
  parse: (value) => (isPrices(value) ? value : undefined),
  expected: ({ t }) => t("an object of amounts, such as {0}", '{"api": 2.19, "power": 0.3}'),
  fault: findFault,
};

function isPrices(value: unknown): value is PriceSetting {
  return isObject(value) && findFault(value) === undefined;
}

/** The first value that is wrong; undefined also where the whole is no object. */
function findFault(value: unknown): Fault | undefined {
  if (!isObject(value)) return undefined;
  for (const [name, found] of Object.entries(value)) {
    if (!names.some((known) => known === name))
      return {
        path: [],
        found: name,
        expected: ({ t }) => t("an object with nothing but {0}", names.join(", ")),
      };
    if (typeof found !== "number" || !(found >= 0 && found <= mostAmount))
      return {
        path: [name],
        found,
        expected: ({ t }) => t("a number from {0} to {1}", 0, mostAmount),
      };
  }
  return undefined;
}
