/**
 * How many tokens of a prompt to compute before looking at aborts and at the queue again: as many as
 * the measured speed allows in the time of one step.
 */

/** Fewer cost nearly as much, since the weights are read once for each step. */
export const smallestStep = 32;
/** A quarter of the 100 ms in which an abort shall be obeyed, since other programs slow single steps down. */
export const cpuStepMs = 25;
/** A GPU is not slowed down by editors, and wants large batches. */
export const gpuStepMs = 50;
/** Weight of the newest measurement. */
const freshness = 0.4;

export class StepPace {
  readonly #largest: number;
  readonly #stepMs: number;
  #msPerToken: number | undefined;

  constructor(largest: number, stepMs: number) {
    this.#largest = Math.max(smallestStep, largest);
    this.#stepMs = stepMs;
  }

  /** Tokens of the next step. */
  next(): number {
    if (this.#msPerToken === undefined) return smallestStep;
    const fitting = Math.floor(this.#stepMs / this.#msPerToken / smallestStep) * smallestStep;
    return Math.min(this.#largest, Math.max(smallestStep, fitting));
  }

  record(tokens: number, ms: number): void {
    if (tokens < smallestStep) return;
    const measured = ms / tokens;
    const before = this.#msPerToken ?? measured;
    this.#msPerToken = before + (measured - before) * freshness;
  }
}
