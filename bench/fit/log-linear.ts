/** Fits a log-linear choice among candidates: each has signs, a weight a sign, and "none of them" scores 0. */

/** One choice: the signs of each candidate, and which of them it was, -1 for none. */
export interface Sample {
  readonly signs: readonly Float64Array[];
  readonly target: number;
}

type Row = readonly number[];

/** The mean logarithm of what each sample's target got. */
export function likelihood(samples: readonly Sample[], weights: Row): number {
  return (
    samples.reduce((sum, sample) => sum + Math.log(chances(sample, weights).ofTarget), 0) / samples.length
  );
}

/** The chance of each candidate; a token that never followed scores 0. */
export function chances(
  { signs, target }: Sample,
  weights: Row,
): { readonly all: number[]; readonly ofTarget: number } {
  const scores = signs.map((row) => row.reduce((sum, sign, i) => sum + sign * (weights[i] ?? 0), 0));
  const top = Math.max(0, ...scores);
  const sum = scores.reduce((total, score) => total + Math.exp(score - top), Math.exp(-top));
  const all = scores.map((score) => Math.exp(score - top) / sum);
  return { all, ofTarget: all[target] ?? Math.exp(-top) / sum };
}

/** Gradient ascent with Adam's step sizes (Kingma and Ba 2015). */
export function ascend(from: readonly Sample[], weights: Row): number[] {
  const current = [...weights];
  const mean = current.map(() => 0);
  const square = current.map(() => 0);
  for (let step = 1; step <= 150; step++) {
    const slope = gradient(from, current);
    for (const [i, value] of slope.entries()) {
      mean[i] = 0.9 * (mean[i] ?? 0) + 0.1 * value;
      square[i] = 0.99 * (square[i] ?? 0) + 0.01 * value * value;
      const rate = (0.02 * (mean[i] ?? 0)) / (1 - 0.9 ** step);
      current[i] = (current[i] ?? 0) + rate / (Math.sqrt((square[i] ?? 0) / (1 - 0.99 ** step)) + 1e-6);
    }
  }
  return current;
}

function gradient(from: readonly Sample[], weights: Row): number[] {
  const slope = weights.map((weight) => -2e-3 * weight);
  for (const sample of from) {
    const { all } = chances(sample, weights);
    for (const [candidate, row] of sample.signs.entries()) {
      const error = ((candidate === sample.target ? 1 : 0) - (all[candidate] ?? 0)) / from.length;
      if (Math.abs(error) * from.length < 1e-4) continue;
      for (let i = 0; i < row.length; i++) slope[i] = (slope[i] ?? 0) + error * (row[i] ?? 0);
    }
  }
  return slope;
}
