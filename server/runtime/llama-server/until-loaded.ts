/** Waits while a llama-server loads its model: until then it says 503 on every path that asks for it. */

import * as v from "valibot";
import { type Clock, delay } from "../../base/clock.ts";
import type { HttpClient } from "../http/http-client.ts";
import { StatusError } from "../http/http-errors.ts";

const limitMs = 5000;
const pauseMs = 250;
/** The largest models on the slowest disks. */
const longestLoadMs = 30 * 60_000;

/** Resolves when it does not load; what else is wrong is found by who asks it next. Rejects with the signal's reason. */
export async function untilLoaded(client: HttpClient, clock: Clock, signal: AbortSignal): Promise<void> {
  const deadline = clock.now() + longestLoadMs;
  while ((await loads(client, signal)) && clock.now() < deadline) await delay(clock, pauseMs, signal);
}

async function loads(client: HttpClient, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  try {
    await client.json({ path: "health", schema: v.unknown(), limitMs }, signal);
    return false;
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof StatusError && error.status === 503;
  }
}
