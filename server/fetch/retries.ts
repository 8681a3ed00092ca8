/** Tries again what may pass, after a pause that the host names or that grows; gives up when nothing moves. */

import { type Clock, delay } from "../base/clock.ts";
import { FetchError } from "./fetch-error.ts";

export interface Retries {
  readonly clock: Clock;
  /** Whether another try may mend it. */
  passes(error: FetchError): boolean;
  /** Between 0 and 1: two programs that were sent away together do not come back together. */
  random(): number;
  /** Whether the last try moved anything; then counting begins anew. */
  moved(): boolean;
  onWait(ms: number): void;
}

const mostTries = 6;
const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** A host that asks for more is not waited for: the person decides. */
const longestAskedMs = 120_000;

/** Rejects with the last failure, or with the signal's reason. */
export async function withRetries<T>(
  work: () => Promise<T>,
  retries: Retries,
  signal: AbortSignal,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof FetchError) || !retries.passes(error)) throw error;
      if (retries.moved()) failures = 1;
      const ms = pauseOf(error, failures, retries);
      if (failures >= mostTries || ms > longestAskedMs) throw error;
      retries.onWait(ms);
      await delay(retries.clock, ms, signal);
      signal.throwIfAborted();
    }
  }
}

function pauseOf({ retryAfterMs }: FetchError, failures: number, retries: Retries): number {
  const own = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1)) * (0.75 + retries.random() / 2);
  return Math.max(own, retryAfterMs ?? 0);
}
