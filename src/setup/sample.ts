/** A file to see ghost text in: lines that repeat, so that what comes next is certain without any model. */

import type { Translate } from "../translate.ts";

const events = ["placed", "changed", "paid", "packed", "sent", "delivered", "returned", "refunded"];

export interface Sample {
  readonly text: string;
  /** Where the cursor goes: behind a line that somebody has begun. */
  readonly offset: number;
}

export function sample(t: Translate): Sample {
  const words = [
    t("The grey text behind the cursor comes from Hearth. Tab takes it, Escape dismisses it."),
    t("Then begin another line in the same way, and wait for a moment."),
    t("This file is yours to try things in. Nothing else uses it."),
  ];
  const lines = events.map(
    (event) => `shop.on("order.${event}", (order) => mail.send(order.customer, templates.get(order)));`,
  );
  const begun = 'shop.on("order.cancelled", (order) => mail.';
  const text = [...words.map((line) => `// ${line}`), "", ...lines, begun].join("\n");
  return { text, offset: text.length };
}
