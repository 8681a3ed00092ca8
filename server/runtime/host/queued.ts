/** A connected model behind the queue that all windows share: no more at once than the runtime has room for. */

import type { Clock } from "../../base/clock.ts";
import type { ResumingRuntime } from "../scheduler/resumable.ts";
import type { SlotLimits } from "../scheduler/slot-choice.ts";
import { SlotQueue } from "../scheduler/slot-queue.ts";
import { withScheduling } from "../scheduler/with-scheduling.ts";
import type { Connected } from "./connected-source.ts";

interface Resuming extends Connected {
  readonly runtime: ResumingRuntime;
}

export function queued(connected: Resuming, limits: SlotLimits, clock: Clock): Connected {
  const queue = new SlotQueue({ ...limits, clock });
  return {
    ...connected,
    runtime: withScheduling(connected.runtime, queue),
    queue: () => queue.reading(),
  };
}
