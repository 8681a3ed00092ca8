/** Work with a host that may take its time, but not without end. */

import { FetchError } from "./fetch-error.ts";

export interface TimeLimit {
  readonly ms: number;
  /** Whom to blame. */
  readonly host: string;
}

/** What `work` comes to. Rejects with a FetchError where it takes longer, and aborts it. */
export async function inTime<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { ms, host }: TimeLimit,
  signal: AbortSignal,
): Promise<T> {
  const late = AbortSignal.timeout(ms);
  try {
    return await work(AbortSignal.any([signal, late]));
  } catch (error) {
    if (late.aborted && !signal.aborted) throw new FetchError("too-slow", { values: [host], cause: error });
    throw error;
  }
}
