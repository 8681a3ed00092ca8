/** Time as a dependency, so that decisions about time are tables in a test. */

import type { Disposable } from "./disposable.ts";

export interface Clock {
  /** Monotonic milliseconds; unaffected by a change of the wall clock. */
  now(): number;
  /** Calls `callback` once after `ms` milliseconds, unless disposed before. */
  after(ms: number, callback: () => void): Disposable;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return { dispose: () => clearTimeout(timer) };
  },
};

/** Resolves after `ms` milliseconds, or as soon as `signal` aborts; never rejects. */
export function delay(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      timer.dispose();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = clock.after(ms, done);
    signal.addEventListener("abort", done, { once: true });
  });
}
