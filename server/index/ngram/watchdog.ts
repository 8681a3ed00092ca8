/**
 * Tells when a worker that was asked something is stuck: when it neither answers nor returns a ping. Anything that
 * it says is a sign of life, and it has as long as it likes to give the first one.
 */

import type { Clock } from "../../base/clock.ts";
import type { Disposable } from "../../base/disposable.ts";

/** From the question to the ping, and from the ping to the end. */
const patienceMs = 1000;

export interface Watched {
  /** Whether there is a question without an answer. */
  isAsked(): boolean;
  ping(): void;
  stuck(): void;
}

export class Watchdog implements Disposable {
  readonly #clock: Clock;
  readonly #watched: Watched;
  #timer: Disposable | undefined;
  /** The signs of life so far. */
  #signs = 0;
  /** Those when the watch began. */
  #before = 0;

  constructor(clock: Clock, watched: Watched) {
    this.#clock = clock;
    this.#watched = watched;
    watched.ping();
  }

  /** A question was put. It is watched to its end, even if nobody waits for it any more. */
  asked(): void {
    if (this.#timer && this.#signs === this.#before) return;
    this.#timer?.dispose();
    const before = this.#signs;
    this.#before = before;
    this.#timer = this.#clock.after(patienceMs, () => {
      if (this.#signs > before || before === 0) return this.#again();
      this.#watched.ping();
      this.#timer = this.#clock.after(patienceMs, () => {
        if (this.#signs > before) this.#again();
        else this.#watched.stuck();
      });
    });
  }

  alive(): void {
    this.#signs++;
  }

  dispose(): void {
    this.#timer?.dispose();
  }

  #again(): void {
    this.#timer = undefined;
    if (this.#watched.isAsked()) this.asked();
  }
}
