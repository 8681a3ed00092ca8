/**
 * How many tokens of a prompt to compute before looking at aborts and at the queue again: as many as
 * the measured speed allows in the time of one step, in whole tiles of llama.cpp's flash attention.
 */

/**
 * On the CPU flash attention pads what it is given to tiles of 64 (GGML_FA_TILE_Q): half a tile takes 0.9 of the
 * time of a whole one, and a prompt of 2,000 tokens in steps of 32 takes 1.8 times as long as in steps of 64.
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
