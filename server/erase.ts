/** Builds what erases HEARTH_HOME: the runtime host ends first, and nobody else may be at work there. */

import { delay, systemClock } from "./base/clock.ts";
import type { Erased } from "./cli/cli-context.ts";
import { findHost } from "./runtime/host/connect.ts";
import { eraseHome, type OursLook, whoWrites } from "./security/erase-home.ts";

export async function erase(look: OursLook, signal: AbortSignal): Promise<Erased> {
  if (look.entries.includes("run")) await endHost(look.home, signal);
  const who = await whoStaysAtWork(look, signal);
  if (who !== undefined) return { kind: "busy", who };
  return { kind: "erased", left: await eraseHome(look) };
}

/** The one that has proved by its key that it is ours. Its models and programs end with it. */
async function endHost(home: string, signal: AbortSignal): Promise<void> {
  const host = await findHost(home, systemClock, signal);
  if (!host) return;
  try {
    process.kill(host.pid, "SIGTERM");
    await host.closed;
  } finally {
    host.dispose();
  }
}

/** Whoever is just ending lets go of its lock within this. */
const patienceMs = 3000;
const pauseMs = 50;

async function whoStaysAtWork(look: OursLook, signal: AbortSignal): Promise<string | undefined> {
  const until = systemClock.now() + patienceMs;
  for (;;) {
    const who = await whoWrites(look);
    if (who === undefined || systemClock.now() >= until) return who;
    await delay(systemClock, pauseMs, signal);
    signal.throwIfAborted();
  }
}
