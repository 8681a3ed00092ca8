/** A machine whose memory a test sets, and what is remembered of it, for as long as the test lasts. */

import type { LadderMemory } from "../../server/runtime/host/ladder-memory.ts";
import type { LadderPorts } from "../../server/runtime/host/model-source.ts";
import type { Circumstances, Remembered } from "../../server/runtime/ladder/remembered.ts";

const gib = 1024 ** 3;

export interface FakeLadderPorts extends LadderPorts {
  readonly memory: LadderMemory;
  readonly now: { -readonly [Key in keyof Circumstances]: Circumstances[Key] };
}

export function ladderPorts(): FakeLadderPorts {
  const kept = new Map<string, Remembered>();
  const now = { setting: "this one", freeMainBytes: 8 * gib, freeGpuBytes: gib };
  const change = (how: () => unknown) => {
    how();
    return Promise.resolve();
  };
  return {
    now,
    circumstances: () => Promise.resolve({ ...now }),
    memory: {
      read: (id) => Promise.resolve(kept.get(id)),
      write: (id, remembered) => change(() => kept.set(id, remembered)),
      forget: (id) => change(() => kept.delete(id)),
      forgetAll: () => change(() => kept.clear()),
    },
  };
}
