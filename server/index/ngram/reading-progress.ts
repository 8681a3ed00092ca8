/** When to say how far the reading of folders is: when it begins, now and then while it lasts, and at its end. */

import type { Clock } from "../../base/clock.ts";
import type { Disposable } from "../../base/disposable.ts";

const everyMs = 250;

export class ReadingProgress {
  readonly #clock: Clock;
  readonly #report: () => void;
  #running = 0;
  #next: Disposable | undefined;

  constructor(clock: Clock, report: () => void) {
    this.#clock = clock;
    this.#report = report;
  }

  get reading(): boolean {
    return this.#running > 0;
  }

  /** Of reading that overlaps there is one progress, and one end. */
  async during(work: () => Promise<void>): Promise<void> {
    if (this.#running++ === 0) this.#say();
    try {
      await work();
    } finally {
      if (--this.#running === 0) this.#end();
    }
  }

  #say(): void {
    this.#report();
    this.#next = this.#clock.after(everyMs, () => this.#say());
  }

  #end(): void {
    this.#next?.dispose();
    this.#report();
  }
}
