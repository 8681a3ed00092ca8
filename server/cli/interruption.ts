/** The signals that a person, a terminal or a system ends the command line with. */

import { constants } from "node:os";

export const interruptingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Why the work was given up. */
export class Interruption extends Error {
  /** As a shell gives it for whom a signal ended. */
  readonly status: number;

  constructor(signal: (typeof interruptingSignals)[number]) {
    super(signal);
    this.status = 128 + constants.signals[signal];
  }
}
