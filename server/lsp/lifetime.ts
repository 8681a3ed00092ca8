/** Notices that the client's process has died, however it died: a killed process says no farewell. */

import type { Clock } from "../base/clock.ts";
import type { Disposable } from "../base/disposable.ts";

/** Well below the 2 s in which the server has to be gone. */
const intervalMs = 800;

export interface ProcessWatch {
  readonly processId: number;
  readonly clock: Clock;
  readonly isAlive: (processId: number) => boolean;
  readonly onDeath: () => void;
}

export function watchProcess({ processId, clock, isAlive, onDeath }: ProcessWatch): Disposable {
  let timer = clock.after(intervalMs, look);
  function look(): void {
    if (isAlive(processId)) timer = clock.after(intervalMs, look);
    else onDeath();
  }
  return { dispose: () => timer.dispose() };
}

/** A process of another user counts as alive. */
export function isProcessAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
