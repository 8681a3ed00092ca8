/** Counts as servers state them: -1, 0 and what no model has mean that they do not say. */

import * as v from "valibot";

/** No context is longer, nor has any server more slots. */
const most = { tokens: 2 ** 30, slots: 1024 } as const;

export const statedTokens = stated(most.tokens);
export const statedSlots = stated(most.slots);

/** Of a server that does not say: as much as any can hold. */
export const leastContext = 4096;

function stated(largest: number) {
  const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(largest));
  return v.fallback(v.optional(count), undefined);
}
