/** How far a download is, how fast it goes, and how long it will take. */

import type { Clock } from "../base/clock.ts";

export interface TransferProgress {
  /** `checking`: what came earlier is read again; `waiting`: for the host, which asked for it. */
  readonly phase: "checking" | "fetching" | "waiting";
  readonly bytes: number;
  readonly total: number;
  /** Bytes a second, over the last seconds; undefined until there is something to go by. */
  readonly rate?: number;
  readonly remainingMs?: number;
}

const windowMs = 8000;
const leastMs = 300;

/** Rates over a window that slides, so that a pause shows and an old burst does not. */
export class RateMeter {
  readonly #clock: Clock;
  #samples: { readonly at: number; readonly bytes: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `bytes`: of all that has come by now. */
  note(bytes: number): void {
    const at = this.#clock.now();
    const last = this.#samples.at(-1);
    if (last && at - last.at < 100) return;
    this.#samples.push({ at, bytes });
    while ((this.#samples[1]?.at ?? Infinity) < at - windowMs) this.#samples.shift();
  }

  progress(bytes: number, total: number): TransferProgress {
    const first = this.#samples[0];
    const elapsed = first ? this.#clock.now() - first.at : 0;
    if (!first || elapsed < leastMs) return { phase: "fetching", bytes, total };
    const rate = ((bytes - first.bytes) * 1000) / elapsed;
    const left = rate > 0 ? { remainingMs: ((total - bytes) * 1000) / rate } : {};
    return { phase: "fetching", bytes, total, rate, ...left };
  }
}
