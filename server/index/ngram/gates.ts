/**
 * The least confidence at which a guess is shown, by language. Each is found by leave-one-out on the workspace
 * itself: line ends of its own files are taken away and guessed, and what was right says what a confidence is
 * worth there.
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
/** How firmly the confidences are believed as they stand: the precision of a normal prior of the shift. */
const doubt = 4;
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

/**
 * The lowest confidence from which on the aim is met. What was right shifts what the confidences say by one number
 * for them all, which a few dozen rehearsals tell far better than where the guesses turn bad.
 */
export function gateFor(rehearsals: readonly Rehearsal[]): number {
  const worth = rehearsals.filter(({ confidence }) => confidence >= leastGate);
  if (worth.length === 0) return startingGate;
  const shift = shiftOf(worth);
  let right = 0;
  let gate = mostGate;
  for (const [i, { confidence }] of worth.toSorted((a, b) => b.confidence - a.confidence).entries()) {
    right += chance(confidence, shift);
    if (right / (i + 1) >= aim) gate = confidence;
  }
  return Math.min(mostGate, gate);
}

/** What has to be added to the log odds of the confidences: the likeliest, by Newton's method. */
function shiftOf(rehearsals: readonly Rehearsal[]): number {
  let shift = 0;
  for (let step = 0; step < 10; step++) {
    let slope = -doubt * shift;
    let curvature = doubt;
    for (const { confidence, right } of rehearsals) {
      const expected = chance(confidence, shift);
      slope += (right ? 1 : 0) - expected;
      curvature += expected * (1 - expected);
    }
    shift += slope / curvature;
  }
  return shift;
}

function chance(confidence: number, shift: number): number {
  const bounded = Math.min(0.999, Math.max(0.001, confidence));
  return 1 / (1 + ((1 - bounded) / bounded) * Math.exp(-shift));
}
