/** How long to wait before a process that died is started again: at once, then ever longer while it keeps dying. */

import type { Clock } from "../../base/clock.ts";

const firstMs = 250;
const longestMs = 30_000;
/** Whoever lives as long as this was not the reason of the next death. */
const healthyMs = 60_000;

export class Backoff {
  readonly #clock: Clock;
  #deaths = 0;
  #bornAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#bornAt = clock.now();
  }

  get deaths(): number {
    return this.#deaths;
  }

  born(): void {
    this.#bornAt = this.#clock.now();
  }

  /** Whoever was of use since is not the reason of the next death either. */
  forgive(): void {
    this.#deaths = 0;
  }

  /** Notes a death; returns milliseconds to wait before the next start. */
  died(): number {
    if (this.#clock.now() - this.#bornAt >= healthyMs) this.#deaths = 0;
    this.#deaths++;
    return this.#deaths === 1 ? 0 : Math.min(longestMs, firstMs * 2 ** (this.#deaths - 2));
  }
}
