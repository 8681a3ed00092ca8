/**
 * How many tokens of a prompt to compute before looking at aborts and at the queue again: as many as
 * the measured speed allows in the time of one step, in whole tiles of llama.cpp's flash attention.
 */

/**
 * On the CPU flash attention pads what it is given to tiles of 64 (GGML_FA_TILE_Q), so half a tile costs nearly
 * a whole one. 2,048 tokens of a tiny model took 0.19 s of processor time in steps of 512, 0.31 s of 128,
 * 0.59 s of 64 and 1.76 s of 32 (two busy cores, median of 3); without flash attention 0.30 s in steps of 512.
 */
export const smallestStep = 64;
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
