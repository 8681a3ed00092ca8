/**
 * The queue before a runtime that takes whole requests into slots. The highest priority goes first, the older
 * one among equals; one that has waited long goes before them, in every second place at most. A running request
 * of a lower rank is asked to give its place back, until its first token.
 *
 * Invariant: never more requests than slots, and never more tokens in flight than the budget, but for one
 * request alone that is larger (what becomes of it the runtime says).
 */

import { onAbort } from "../../base/abort.ts";
import type { Clock } from "../../base/clock.ts";
import type { Disposable } from "../../base/disposable.ts";
import { Histogram } from "../../metrics/histogram.ts";
import type { LatencySummary } from "../../protocol/metrics.ts";
import {
  type Contender,
  chooseLeaving,
  chooseNext,
  fits,
  isLate,
  type Runner,
  type SlotLimits,
} from "./slot-choice.ts";

export interface SlotQueueOptions extends SlotLimits {
  readonly clock: Clock;
}

export type SlotRequest = Pick<Contender, "priority" | "tokens">;

/** A request's standing in the queue, from its coming to its end, however often it is sent. */
export interface Standing extends Disposable {
  /** Resolves when the request may be sent; undefined when `signal` aborts before. */
  place(signal: AbortSignal): Promise<Place | undefined>;
}

/** Held from the sending of a request until the runtime is done with it; then dispose. */
export interface Place extends Disposable {
  /** Aborts when another is to have the place: end the request, dispose, and ask for a place again. */
  readonly revoked: AbortSignal;
  /** To be called at the first token: from then on the place is kept to the end. */
  keep(): void;
}

export interface QueueReading {
  readonly waiting: number;
  readonly running: number;
  /** Places that were given back for another. */
  readonly preempted: number;
  /** From the coming of a request to the sending that was answered. */
  readonly waits: LatencySummary;
}

interface Waiting extends Contender {
  readonly grant: () => void;
}

class Running implements Runner {
  readonly revoke = new AbortController();
  readonly #contender: Contender;
  silent = true;

  constructor(contender: Contender) {
    this.#contender = contender;
  }

  get priority() {
    return this.#contender.priority;
  }

  get arrival() {
    return this.#contender.arrival;
  }

  get came() {
    return this.#contender.came;
  }

  get tokens() {
    return this.#contender.tokens;
  }

  get leaving() {
    return this.revoke.signal.aborted;
  }
}

export class SlotQueue {
  readonly #options: SlotQueueOptions;
  readonly #waiting = new Set<Waiting>();
  readonly #running = new Set<Running>();
  readonly #waits = new Histogram();
  #arrivals = 0;
  #preempted = 0;
  #favoured = false;

  constructor(options: SlotQueueOptions) {
    this.#options = options;
  }

  join(request: SlotRequest): Standing {
    const contender = { ...request, arrival: this.#arrivals++, came: this.#options.clock.now() };
    let granted: number | undefined;
    return {
      place: async (signal) => {
        const place = await this.#place(contender, signal);
        if (place) granted = this.#options.clock.now();
        return place;
      },
      dispose: () => {
        if (granted !== undefined) this.#waits.record(granted - contender.came);
        granted = undefined;
      },
    };
  }

  get limits(): SlotLimits {
    return this.#options;
  }

  reading(): QueueReading {
    return {
      waiting: this.#waiting.size,
      running: this.#running.size,
      preempted: this.#preempted,
      waits: this.#waits.summary(),
    };
  }

  #place(contender: Contender, signal: AbortSignal): Promise<Place | undefined> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(undefined);
      const waiting: Waiting = {
        ...contender,
        grant: () => {
          forget();
          resolve(this.#run(contender));
        },
      };
      const forget = onAbort(signal, () => {
        this.#waiting.delete(waiting);
        resolve(undefined);
        this.#fill();
      });
      this.#waiting.add(waiting);
      this.#fill();
    });
  }

  #run(contender: Contender): Place {
    const running = new Running(contender);
    this.#running.add(running);
    return {
      revoked: running.revoke.signal,
      keep: () => {
        running.silent = false;
      },
      dispose: () => {
        if (this.#running.delete(running)) this.#fill();
      },
    };
  }

  /** Gives places while there is room for the next one; then sees to it that there will be. */
  #fill(): void {
    for (;;) {
      const now = this.#options.clock.now();
      const running = [...this.#running];
      const situation = { waiting: [...this.#waiting], running, now, favoured: this.#favoured };
      const next = chooseNext(situation, this.#options);
      if (!next) return;
      if (!fits(next, running, this.#options)) {
        for (const leaving of chooseLeaving(next, { running, now }, this.#options)) {
          this.#preempted++;
          leaving.revoke.abort();
        }
        return;
      }
      this.#favoured = isLate(next, now);
      this.#waiting.delete(next);
      next.grant();
    }
  }
}
