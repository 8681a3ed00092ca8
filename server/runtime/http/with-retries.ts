/**
 * A runtime that is asked again where it was too busy (429 and 503), after as long as it says or with growing
 * waits, both with jitter, so that many clients do not come back at once.
 *
 * Invariant: a request that has streamed anything is never sent twice.
 */

import { type Clock, delay } from "../../base/clock.ts";
import type { ModelRuntime, Priority, StreamPart } from "../../model/model-runtime.ts";
import { StatusError } from "./http-errors.ts";

export interface RetryPorts {
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** How long one is waited for in all, by what it is for: a completion that comes late is of no use. */
const patienceMs: Readonly<Record<Priority, number>> = {
  completion: 1000,
  repair: 20_000,
  chat: 20_000,
  background: 60_000,
};
const firstMs = 250;
const jitter = 0.5;

export function withRetries(runtime: ModelRuntime, ports: RetryPorts): ModelRuntime {
  return {
    infill: (request, signal) =>
      retriedStream(() => runtime.infill(request, signal), new Patience(ports, request.priority), signal),
    chat: (request, signal) =>
      retriedStream(() => runtime.chat(request, signal), new Patience(ports, request.priority), signal),
    embed: (request, signal) =>
      retried(() => runtime.embed(request, signal), new Patience(ports, request.priority), signal),
    countTokens: (text) => runtime.countTokens(text),
    warm: (request, signal) =>
      retried(() => runtime.warm(request, signal), new Patience(ports, request.priority), signal),
  };
}

async function retried<T>(ask: () => Promise<T>, patience: Patience, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(await patience.waited(error, signal))) throw error;
    }
  }
}

async function* retriedStream(
  ask: () => AsyncIterable<StreamPart>,
  patience: Patience,
  signal: AbortSignal,
): AsyncGenerator<StreamPart, void> {
  for (;;) {
    let streamed = false;
    try {
      for await (const part of ask()) {
        streamed = true;
        yield part;
      }
      return;
    } catch (error) {
      if (streamed || !(await patience.waited(error, signal))) throw error;
    }
  }
}

class Patience {
  readonly #ports: RetryPorts;
  readonly #until: number;
  #waits = 0;

  constructor(ports: RetryPorts, priority: Priority) {
    this.#ports = ports;
    this.#until = ports.clock.now() + patienceMs[priority];
  }

  /** Whether to ask again: true after the wait, false at once where that is no use. */
  async waited(error: unknown, signal: AbortSignal): Promise<boolean> {
    if (!(error instanceof StatusError) || !(error.status === 429 || error.status === 503)) return false;
    const { clock, random } = this.#ports;
    const grown = firstMs * 2 ** this.#waits++;
    // Never earlier than the server says.
    const ms = (error.retryAfterMs ?? grown * (1 - jitter)) + grown * jitter * random();
    if (clock.now() + ms > this.#until) return false;
    await delay(clock, ms, signal);
    return !signal.aborted;
  }
}
