/** How sure a guess is: the chance, 0 to 1, that it is exactly what the author would have written. */

import type { Guess } from "./guesser.ts";

export function confidenceOf(best: Guess): number {
  return Math.exp(best.chance) * best.share;
}
