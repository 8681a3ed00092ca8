/** Why a process ended, where that shows within a moment: a broken connection is seen before the end of who broke it. */

import { type Clock, delay } from "../../base/clock.ts";
import type { RuntimeError } from "../../model/runtime-error.ts";
import type { RunningProgram } from "./program.ts";

/** A process that was killed gives its memory back first: on a busy machine that has taken over a second. */
const momentMs = 3000;

/** Undefined where it goes on, or `signal` aborts. */
export function endedSoon(
  { ended }: RunningProgram,
  clock: Clock,
  signal: AbortSignal,
): Promise<RuntimeError | undefined> {
  return Promise.race([ended, delay(clock, momentMs, signal).then(() => undefined)]);
}
