/** What a model's process has done and how fast, for the metrics of the runtime host. */

import type { Step } from "./lane.ts";

export interface MeterReading {
  readonly requests: number;
  readonly aborts: number;
  /** Tokens computed, of prompts and of answers; what the cache spared is not among them. */
  readonly promptTokens: number;
  readonly generatedTokens: number;
  readonly promptTokensPerSecond: number;
  readonly generatedTokensPerSecond: number;
}

export class Meter {
  #requests = 0;
  #aborts = 0;
  #promptTokens = 0;
  #promptMs = 0;
  #generatedTokens = 0;
  #generatedMs = 0;

  request(): void {
    this.#requests++;
  }

  abort(): void {
    this.#aborts++;
  }

  record(step: Step, ms: number): void {
    if (step.kind === "generated") this.#generatedTokens++;
    const ofAnswer = step.kind !== "prefilled" && step.tokens === 1;
    if (ofAnswer) this.#generatedMs += ms;
    else {
      this.#promptTokens += step.tokens;
      this.#promptMs += ms;
    }
  }

  reading(): MeterReading {
    return {
      requests: this.#requests,
      aborts: this.#aborts,
      promptTokens: this.#promptTokens,
      generatedTokens: this.#generatedTokens,
      promptTokensPerSecond: perSecond(this.#promptTokens, this.#promptMs),
      generatedTokensPerSecond: perSecond(this.#generatedTokens, this.#generatedMs),
    };
  }
}

function perSecond(tokens: number, ms: number): number {
  return ms > 0 ? Math.round((tokens / ms) * 10_000) / 10 : 0;
}
