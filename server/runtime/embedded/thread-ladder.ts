/**
 * How many threads to compute with, found by trying. All cores are best on an idle machine; beside a busy
 * editor llama.cpp's threads wait for each other at every layer, and half of them, or one, can be ten times
 * as fast. It begins with all, tries a neighbour now and then, and moves where that was clearly faster.
 */

/** Tries of a neighbour: the first soon, and after each in vain the next one later, so that they cost next to nothing. */
const firstTrialAfter = 2;
const secondTrialAfter = 32;
const latestTrialAfter = 512;
const kept = 5;
/** A neighbour must be this much faster, so that noise does not move us. */
const clearly = 0.85;

export class ThreadLadder {
  /** Most threads first, halved down to one. */
  readonly #rungs: readonly number[];
  #rung = 0;
  #trial: number | undefined;
  #nextTrial: 1 | -1 = 1;
  #steps = 0;
  #dueAfter = firstTrialAfter;
  #recent: number[] = [];

  constructor(most: number) {
    const rungs: number[] = [];
    for (let threads = Math.max(1, most); threads >= 1; threads >>= 1) rungs.push(threads);
    this.#rungs = rungs;
  }

  /** Threads of the next step. */
  get threads(): number {
    return this.#rungs[this.#trial ?? this.#rung] ?? 1;
  }

  /** Notes how long a token took in the step that was just made. */
  record(msPerToken: number): void {
    if (this.#trial === undefined) {
      this.#recent = [...this.#recent, msPerToken].slice(-kept);
      this.#steps++;
      if (this.#steps >= this.#dueAfter) this.#try();
      return;
    }
    const better = msPerToken < median(this.#recent) * clearly;
    if (better) {
      this.#rung = this.#trial;
      this.#recent = [msPerToken];
    }
    this.#dueAfter = better
      ? firstTrialAfter
      : Math.min(latestTrialAfter, Math.max(secondTrialAfter, this.#dueAfter * 2));
    this.#steps = 0;
    this.#trial = undefined;
  }

  /** Neighbours take turns; at an end of the ladder there is only one. */
  #try(): void {
    const wanted = this.#rung + this.#nextTrial;
    this.#nextTrial = this.#nextTrial === 1 ? -1 : 1;
    const rung = this.#rungs[wanted] === undefined ? 2 * this.#rung - wanted : wanted;
    if (this.#rungs[rung] !== undefined) this.#trial = rung;
    this.#steps = 0;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Infinity;
}
