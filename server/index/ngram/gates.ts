/**
 * The least confidence at which a guess is shown, by language. Each is found by leave-one-out on the workspace
 * itself: line ends of its own files are taken away and guessed, and the gate is the lowest confidence from which
 * on enough guesses were right.
 */

export interface Rehearsal {
  readonly confidence: number;
  readonly right: boolean;
}

/** Over the tuning packages 62 in 100 guesses are right from here on. */
export const startingGate = 0.35;

const leastGate = 0.2;
const mostGate = 0.8;
/** The share of shown guesses that shall be right. */
const aim = 0.62;
/** So many rehearsals at the aim are taken for granted, so that a few lucky ones open no gate. */
const prior = 5;
/** With fewer, a language keeps the starting gate. */
const fewest = 30;

export class Gates {
  readonly #byLanguage = new Map<string, number>();

  of(languageId: string): number {
    return this.#byLanguage.get(languageId) ?? startingGate;
  }

  all(): Readonly<Record<string, number>> {
    return { "*": startingGate, ...Object.fromEntries(this.#byLanguage) };
  }

  calibrate(languageId: string, rehearsals: readonly Rehearsal[]): void {
    if (rehearsals.length < fewest) return;
    this.#byLanguage.set(languageId, gateFor(rehearsals));
  }
}

/** The lowest confidence from which on at least the aim of `rehearsals` was right. */
export function gateFor(rehearsals: readonly Rehearsal[]): number {
  const sorted = rehearsals.toSorted((a, b) => b.confidence - a.confidence);
  let right = 0;
  let gate = mostGate;
  for (const [i, rehearsal] of sorted.entries()) {
    if (rehearsal.right) right++;
    const share = (right + prior * aim) / (i + 1 + prior);
    if (share >= aim && rehearsal.right) gate = rehearsal.confidence;
  }
  return Math.min(mostGate, Math.max(leastGate, gate));
}
