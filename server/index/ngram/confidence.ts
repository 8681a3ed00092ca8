/**
 * How sure a guess is: the chance, 0 to 1, that it is exactly what the author would have written. A log-linear
 * model over the finished lines and "none of them", fitted by `bench/fit/ngram-fit-lines.ts` on 1,800 cases of the
 * tuning packages, where what it says and how often it is right differ by a tenth at most.
 */

/** Natural logarithms, as in `Guess`. */
export interface WeighedLine {
  readonly chance: number;
  readonly fits: readonly number[];
}

const chanceWeight = 0.907;
/** For the break behind the line and the three tokens after it. */
const fitWeights = [0.651, 0.235, 0.288, 0.191];
const noneOfThem = -2.178;
/** Taken from the log odds of a start: over the same packages, where whole lines are not sure, so much is too much. */
const startDoubt = 0.43;

/** The confidence of each line, in their order. */
export function confidences(lines: readonly WeighedLine[]): number[] {
  const scores = lines.map(
    ({ chance, fits }) =>
      chanceWeight * chance + fits.reduce((sum, fit, i) => sum + (fitWeights[i] ?? 0) * fit, 0),
  );
  const top = Math.max(noneOfThem, ...scores);
  const sum = scores.reduce((total, score) => total + Math.exp(score - top), Math.exp(noneOfThem - top));
  return scores.map((score) => Math.exp(score - top) / sum);
}

/** Of a line's first tokens, whatever comes behind them; `chance` is the logarithm of theirs. */
export function startConfidence(chance: number): number {
  const odds = Math.exp(chance) / -Math.expm1(chance);
  return 1 - 1 / (1 + odds * Math.exp(-startDoubt));
}
