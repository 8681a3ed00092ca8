/** Asks the server for what it has counted, soon after something was, and at most once a second. */

import type { MetricsResult } from "../../server/protocol/metrics.ts";

/** The numbers in the hover are at most this old, while there is something to count. */
const ageMs = 1000;

export interface FreshNumbersOptions {
  /** Calls back after `ms` milliseconds; returns the undo. */
  readonly after: (ms: number, callback: () => void) => () => void;
  /** What the server has counted; undefined while it does not run. */
  readonly metrics: () => Promise<MetricsResult | undefined>;
  readonly onChange: () => void;
  readonly log: (message: string) => void;
}

export class FreshNumbers {
  readonly #options: FreshNumbersOptions;
  #metrics: MetricsResult | undefined;
  #cancel: (() => void) | undefined;

  constructor(options: FreshNumbersOptions) {
    this.#options = options;
  }

  get metrics(): MetricsResult | undefined {
    return this.#metrics;
  }

  countSoon(): void {
    this.#cancel ??= this.#options.after(ageMs, () => void this.#count());
  }

  dispose(): void {
    this.#cancel?.();
  }

  /** A server that ends meanwhile leaves the numbers as they are. */
  async #count(): Promise<void> {
    this.#cancel = undefined;
    try {
      this.#metrics = await this.#options.metrics();
    } catch (error) {
      this.#options.log(`the server did not say what it has counted: ${String(error)}`);
      return;
    }
    this.#options.onChange();
  }
}
