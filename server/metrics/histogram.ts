/** Latencies in buckets whose bounds grow by 10 %: bounded memory, percentiles at most 10 % too high. */

import type { LatencySummary } from "../protocol/metrics.ts";

const growth = 1.1;
/** Upper bound of the first bucket, in milliseconds. */
const first = 0.01;
/** The last bound is about 1.7 million milliseconds; what is longer counts there. */
const buckets = 200;

export class Histogram {
  readonly #counts = new Uint32Array(buckets);
  #count = 0;
  #sum = 0;
  #max = 0;

  record(ms: number): void {
    const index = ms <= first ? 0 : Math.ceil(Math.log(ms / first) / Math.log(growth));
    const bucket = Math.min(index, buckets - 1);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count++;
    this.#sum += ms;
    this.#max = Math.max(this.#max, ms);
  }

  summary(): LatencySummary {
    return {
      count: this.#count,
      sum: this.#sum,
      p50: this.#percentile(0.5),
      p95: this.#percentile(0.95),
      p99: this.#percentile(0.99),
      max: this.#max,
    };
  }

  #percentile(share: number): number {
    const wanted = Math.ceil(this.#count * share);
    if (wanted === 0) return 0;
    let seen = 0;
    for (let bucket = 0; bucket < buckets; bucket++) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= wanted) return Math.min(this.#max, first * growth ** bucket);
    }
    return this.#max;
  }
}
