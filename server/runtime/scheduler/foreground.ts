/**
 * Whether a person waits for any model of this machine. Programs that compute on the same cores take turns in no
 * queue of ours, and where two of llama.cpp's meet there, each waits for threads that the other keeps from running:
 * so what nobody waits for begins only when it has been quiet for a while, as between two letters it has not.
 */

import { onAbort } from "../../base/abort.ts";
import type { Clock } from "../../base/clock.ts";
import type { Disposable } from "../../base/disposable.ts";

/** Longer than the pauses of a person who types. */
const quietMs = 1000;
/** So long nobody is kept waiting; then one piece of work goes. */
const patienceMs = 30_000;

export class Foreground {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #running = 0;
  #quietAt: number | undefined;
  #timer: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A person waits, until this is disposed. */
  enter(): Disposable {
    this.#running++;
    this.#timer?.dispose();
    let here = true;
    return {
      dispose: () => {
        if (here) this.#leave();
        here = false;
      },
    };
  }

  /** Resolves when it is quiet, or `signal` aborts, or this was waited for long enough. */
  quiet(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#isQuiet()) return Promise.resolve();
    return new Promise((resolve) => {
      const go = () => {
        forget();
        patience.dispose();
        this.#waiting.delete(go);
        resolve();
      };
      this.#waiting.add(go);
      const patience = this.#clock.after(patienceMs, go);
      const forget = onAbort(signal, go);
    });
  }

  #isQuiet(): boolean {
    return this.#running === 0 && (this.#quietAt ?? -Infinity) <= this.#clock.now();
  }

  #leave(): void {
    this.#running--;
    if (this.#running > 0) return;
    this.#quietAt = this.#clock.now() + quietMs;
    this.#timer = this.#clock.after(quietMs, () => {
      for (const go of this.#waiting) go();
    });
  }
}
