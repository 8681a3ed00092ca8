/**
 * The queue before a runtime that takes whole requests into slots. The highest priority goes first, the older
 * one among equals; one that has waited long goes before them, in every second place at most. A running request
 * of a lower rank is asked to give its place back: until its first token, and later where it can go on from there.
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
  choosePausing,
  fits,
  isLate,
  nextChange,
  type Runner,
  type SlotLimits,
  turnMs,
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
  /** To be called instead where the request can be ended at any token, and go on from there in another place. */
  lend(): void;
}

export interface QueueReading {
  readonly waiting: number;
  readonly running: number;
  /** Places that were given back for another. */
  readonly preempted: number;
  /** From the coming of a request to the sending that was answered. */
  readonly waits: LatencySummary;
}

/** A request, as it stands between its turns. */
interface Entry extends SlotRequest {
  readonly arrival: number;
  since: number;
  promptMs: number;
  begun: boolean;
  /** For how long it has spoken since then. */
  spokenMs: number;
}

interface Waiting extends Contender {
  readonly grant: () => void;
}

interface Running extends Runner {
  spokeAt: number | undefined;
  resumes: boolean;
  readonly revoke: AbortController;
}

export class SlotQueue {
  readonly #options: SlotQueueOptions;
  readonly #waiting = new Set<Waiting>();
  readonly #running = new Set<Running>();
  readonly #waits = new Histogram();
  #arrivals = 0;
  #preempted = 0;
  #favoured = false;
  #completedAt = -Infinity;
  #alarm: Disposable | undefined;

  constructor(options: SlotQueueOptions) {
    this.#options = options;
  }

  join(request: SlotRequest): Standing {
    const { clock } = this.#options;
    const came = clock.now();
    const fresh = { since: came, promptMs: 0, begun: false, spokenMs: 0 };
    const entry: Entry = { ...request, arrival: this.#arrivals++, ...fresh };
    let granted: number | undefined;
    return {
      place: async (signal) => {
        const place = await this.#place(entry, signal);
        // Of one that was paused, that for which it began to answer.
        if (place && (granted === undefined || !entry.begun)) granted = clock.now();
        return place;
      },
      dispose: () => {
        if (granted !== undefined) this.#waits.record(granted - came);
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

  #place(entry: Entry, signal: AbortSignal): Promise<Place | undefined> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(undefined);
      const waiting: Waiting = {
        ...entry,
        grant: () => {
          forget();
          resolve(this.#run(entry));
        },
      };
      const forget = onAbort(signal, () => {
        this.#waiting.delete(waiting);
        resolve(undefined);
        this.#went(entry);
      });
      this.#waiting.add(waiting);
      this.#fill();
    });
  }

  #run(entry: Entry): Place {
    const { clock } = this.#options;
    const revoke = new AbortController();
    const grantedAt = clock.now();
    const running: Running = {
      ...entry,
      spokeAt: undefined,
      resumes: false,
      revoke,
      get leaving() {
        return revoke.signal.aborted;
      },
    };
    this.#running.add(running);
    const speak = (resumes: boolean) => {
      if (running.spokeAt !== undefined) return;
      running.spokeAt = clock.now();
      running.resumes = resumes;
      entry.begun = true;
      entry.promptMs = running.spokeAt - grantedAt;
      this.#fill();
    };
    return {
      revoked: revoke.signal,
      keep: () => speak(false),
      lend: () => speak(true),
      dispose: () => {
        if (!this.#running.delete(running)) return;
        this.#note(entry, running);
        this.#went(entry);
      },
    };
  }

  /** What a turn was worth: one that has spoken long enough has moved on. */
  #note(entry: Entry, { spokeAt }: Runner): void {
    const now = this.#options.clock.now();
    entry.spokenMs += now - (spokeAt ?? now);
    if (entry.spokenMs < turnMs) return;
    entry.since = now;
    entry.spokenMs = 0;
  }

  #went({ priority }: SlotRequest): void {
    if (priority === "completion") this.#completedAt = this.#options.clock.now();
    this.#fill();
  }

  /** Gives places while there is room for the next one; then sees to it that there will be. */
  #fill(): void {
    const { clock } = this.#options;
    for (;;) {
      const now = clock.now();
      const running = [...this.#running];
      const waiting = [...this.#waiting];
      const situation = { waiting, running, now, completedAt: this.#completedAt, favoured: this.#favoured };
      const next = chooseNext(situation, this.#options);
      if (next && fits(next, running, this.#options)) {
        this.#favoured = isLate(next, now);
        this.#waiting.delete(next);
        next.grant();
        continue;
      }
      const leaving = next ? chooseLeaving(next, { running, now }, this.#options) : [];
      const pausing = choosePausing({ running, now }, this.#options);
      for (const one of new Set([...leaving, ...pausing])) {
        this.#preempted++;
        one.revoke.abort();
      }
      const change = nextChange(situation, this.#options);
      this.#alarm?.dispose();
      this.#alarm = change === undefined ? undefined : clock.after(change - now, () => this.#fill());
      return;
    }
  }
}
