/**
 * How many threads to compute with, found by trying. All cores are best on an idle machine; beside a busy
 * editor llama.cpp's threads wait for each other at every layer, and half of them, or one, can be ten times
 * as fast. It begins with all or with what it is told, tries a neighbour now and then, and moves where that was clearly faster. Steps that
 * have become much slower or faster tell that other programs came or went: then fewer or more are tried at once.
 */

/** Tries of a neighbour: the first soon, and after each in vain the next one later, so that they cost next to nothing. */
const firstTrialAfter = 2;
const secondTrialAfter = 32;
const latestTrialAfter = 512;
const kept = 5;
/** Steps of late that are looked at for a change of the machine, and how much slower or faster than usual is one. */
const late = 3;
const changedBy = 2;
/** More threads on a busy machine are the costly mistake: not tried more often than this, whatever the noise. */
const leastBetweenUpward = 16;
/** Steps in a row that must be faster with more threads. */
const upwardSteps = 2;
/** A neighbour must be this much faster, so that noise does not move us. */
const clearly = 0.85;

/** How many threads are best for prompts, and how many for single tokens. */
export interface BestThreads {
  readonly prompt: number;
  readonly answer: number;
}

export class ThreadLadder {
  /** Most threads first, halved down to one. */
  readonly #rungs: readonly number[];
  #rung = 0;
  #trial: number | undefined;
  /** What tokens took in the steps of the trial. */
  #tried: number[] = [];
  #nextTrial: 1 | -1 = 1;
  #steps = 0;
  #dueAfter = firstTrialAfter;
  #recent: number[] = [];
  /** What a token took at this rung when it was last compared with a neighbour. */
  #usual: number | undefined;
  #sinceUpward = 0;

  /** `begin`: what was best not long ago. */
  constructor(most: number, begin = most) {
    const rungs: number[] = [];
    for (let threads = Math.max(1, most); threads >= 1; threads >>= 1) rungs.push(threads);
    this.#rungs = rungs;
    this.#rung = Math.max(
      0,
      rungs.findIndex((threads) => threads <= begin),
    );
  }

  /** As far as is known. */
  get best(): number {
    return this.#rungs[this.#rung] ?? 1;
  }

  /** Threads of the next step. */
  get threads(): number {
    return this.#rungs[this.#trial ?? this.#rung] ?? 1;
  }

  /** Notes how long a token took in the step that was just made. */
  record(msPerToken: number): void {
    this.#sinceUpward++;
    if (this.#trial !== undefined) return this.#judge(this.#trial, msPerToken);
    this.#recent = [...this.#recent, msPerToken].slice(-kept);
    if (this.#recent.length === kept) this.#usual ??= median(this.#recent);
    this.#steps++;
    if (this.#steps >= this.#dueAfter) this.#tryNext();
    else this.#tryAfterChange();
  }

  /** Moves where the trial was clearly faster; one lucky step does not move up. */
  #judge(trial: number, msPerToken: number): void {
    this.#tried.push(msPerToken);
    const better = msPerToken < median(this.#recent.slice(-late)) * clearly;
    if (better && trial < this.#rung && this.#tried.length < upwardSteps) return;
    if (better) this.#rung = trial;
    this.#recent = better ? this.#tried : [];
    this.#usual = undefined;
    this.#dueAfter = better
      ? firstTrialAfter
      : Math.min(latestTrialAfter, Math.max(secondTrialAfter, this.#dueAfter * 2));
    this.#steps = 0;
    this.#trial = undefined;
    this.#tried = [];
  }

  /** Neighbours take turns; at an end of the ladder there is only one. */
  #tryNext(): void {
    const wanted = this.#rung + this.#nextTrial;
    this.#nextTrial = this.#nextTrial === 1 ? -1 : 1;
    this.#try(this.#rungs[wanted] === undefined ? 2 * this.#rung - wanted : wanted);
    this.#steps = 0;
  }

  #tryAfterChange(): void {
    if (this.#usual === undefined) return;
    const now = median(this.#recent.slice(-late));
    if (now > this.#usual * changedBy) this.#try(this.#rung + 1);
    else if (now * changedBy < this.#usual && this.#sinceUpward > leastBetweenUpward)
      this.#try(this.#rung - 1);
  }

  #try(rung: number): void {
    if (this.#rungs[rung] === undefined) return;
    this.#trial = rung;
    if (rung < this.#rung) this.#sinceUpward = 0;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Infinity;
}
