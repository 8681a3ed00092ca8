/** Named counters and latencies of one process. Nothing here leaves the machine. */

import type { LatencySummary } from "../protocol/metrics.ts";
import { Histogram } from "./histogram.ts";

export interface MetricsSnapshot {
  readonly counters: Readonly<Record<string, number>>;
  readonly latencies: Readonly<Record<string, LatencySummary>>;
}

export class Metrics {
  readonly #counters = new Map<string, number>();
  readonly #histograms = new Map<string, Histogram>();

  count(name: string, by = 1): void {
    this.#counters.set(name, (this.#counters.get(name) ?? 0) + by);
  }

  time(name: string, ms: number): void {
    let histogram = this.#histograms.get(name);
    if (!histogram) this.#histograms.set(name, (histogram = new Histogram()));
    histogram.record(ms);
  }

  snapshot(): MetricsSnapshot {
    return {
      counters: Object.fromEntries(this.#counters),
      latencies: Object.fromEntries([...this.#histograms].map(([name, h]) => [name, h.summary()])),
    };
  }
}
