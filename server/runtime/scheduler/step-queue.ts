/**
 * Who computes next. Work is done in steps; before each one the queue is asked, and the highest priority
 * goes first, the older one among equals. So a completion waits for one step of a chat, never for the chat.
 */

import { onAbort } from "../../base/abort.ts";
import type { Disposable } from "../../base/disposable.ts";
import { type Priority, priorities } from "../../model/model-runtime.ts";

/** A place in the queue, held until it is disposed. While it is held, nothing of a lower rank runs. */
export interface Ticket extends Disposable {
  /** Resolves when this ticket may compute one step, which lasts until the turn is disposed; undefined when aborted. */
  turn(signal: AbortSignal): Promise<Disposable | undefined>;
}

interface Entry {
  readonly rank: number;
  readonly arrival: number;
  grant: (() => void) | undefined;
}

export class StepQueue {
  readonly #entries = new Set<Entry>();
  #arrivals = 0;
  #running = false;

  join(priority: Priority): Ticket {
    const entry: Entry = { rank: priorities.indexOf(priority), arrival: this.#arrivals++, grant: undefined };
    this.#entries.add(entry);
    return {
      turn: (signal) => this.#turn(entry, signal),
      dispose: () => {
        this.#entries.delete(entry);
        this.#grantNext();
      },
    };
  }

  #turn(entry: Entry, signal: AbortSignal): Promise<Disposable | undefined> {
    return new Promise((resolve) => {
      const forget = onAbort(signal, () => {
        entry.grant = undefined;
        resolve(undefined);
      });
      if (signal.aborted) return;
      entry.grant = () => {
        forget();
        resolve({ dispose: () => this.#finish() });
      };
      this.#grantNext();
    });
  }

  #finish(): void {
    this.#running = false;
    this.#grantNext();
  }

  #grantNext(): void {
    if (this.#running) return;
    const first = this.#first();
    const grant = first?.grant;
    if (!first || !grant) return;
    first.grant = undefined;
    this.#running = true;
    grant();
  }

  #first(): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of this.#entries) {
      const earlier =
        !first || entry.rank < first.rank || (entry.rank === first.rank && entry.arrival < first.arrival);
      if (earlier) first = entry;
    }
    return first;
  }
}
