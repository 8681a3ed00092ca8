/** A step down for lack of memory, as a person is told it: what is loaded now, and why. */

import type { Localizer } from "../base/l10n.ts";
import type { RuntimeError } from "./runtime-error.ts";

export interface StepDown {
  /** What is loaded in place of what memory did not hold. */
  readonly said: RuntimeError;
  /** The failure that made it necessary. */
  readonly reason: RuntimeError;
}

export function describeStep({ said, reason }: StepDown, { t }: Localizer): string {
  return [said, reason].map(({ sentence, values }) => t(sentence, ...values)).join(" ");
}
