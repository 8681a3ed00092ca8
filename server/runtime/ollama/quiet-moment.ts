/**
 * When to close the connection of a stream that is left. Ollama can lose a model's turn for ever where that happens
 * while one token is written and the next stands ready (`slot-watch.ts`), which is soon after a token came, above all
 * where tokens come in bunches. So it is closed when none has come for half the usual time between two.
 */

import { type Clock, delay } from "../../base/clock.ts";

/** An abort has to be of use. */
const mostMs = 80;
const never = new AbortController().signal;

export class QuietMoment {
  readonly #clock: Clock;
  #lastAt: number | undefined;
  #gapMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A line has come. */
  saw(): void {
    const now = this.#clock.now();
    // What comes in one bunch has no time in between: the mean is that from bunch to bunch, by their lines.
    if (this.#lastAt !== undefined) this.#gapMs = 0.8 * this.#gapMs + 0.2 * (now - this.#lastAt);
    this.#lastAt = now;
  }

  /** Resolves at once where nothing has come yet. */
  async wait(): Promise<void> {
    const end = this.#clock.now() + mostMs;
    for (;;) {
      const now = this.#clock.now();
      const quietAt = Math.min(end, (this.#lastAt ?? -Infinity) + Math.max(1, this.#gapMs / 2));
      if (now >= quietAt) return;
      await delay(this.#clock, quietAt - now, never);
    }
  }
}
