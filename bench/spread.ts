/** What a bench says of many samples of one thing. */

export class Spread {
  readonly #ordered: readonly number[];

  constructor(samples: readonly number[]) {
    this.#ordered = samples.toSorted((a, b) => a - b);
  }

  get count(): number {
    return this.#ordered.length;
  }

  /** The sample that this share of all does not exceed; NaN where there is none. */
  at(share: number): number {
    const ordered = this.#ordered;
    return ordered[Math.max(0, Math.ceil(ordered.length * share) - 1)] ?? Number.NaN;
  }

  milliseconds(): string {
    return this.#say((ms) => `${ms.toFixed(1)} ms`);
  }

  counts(): string {
    return this.#say((count) => count.toFixed(0));
  }

  #say(say: (sample: number) => string): string {
    const [p50, p95, p99, most] = [0.5, 0.95, 0.99, 1].map((share) => say(this.at(share)));
    return `p50 ${p50}, p95 ${p95}, p99 ${p99}, most ${most} (${this.count})`;
  }
}

export function verdict(value: number, most: number): string {
  return `at most ${most}: ${value <= most ? "met" : "missed"}`;
}
