/**
 * Prompts in steps: until its first token the server looks for a closed connection only once a second, and would
 * compute all of one for nobody, in the way of whatever comes next.
 */

import * as v from "valibot";
import type { HttpClient } from "../http/http-client.ts";
import { commonLength, type ServerSlot } from "./server-slots.ts";

/** What one request can leave to be computed for nobody, in tokens of the prompt. */
const mostUnseenTokens = 512;
/** Less is hardly faster. */
const leastStepTokens = 64;
/** What waits for a step waits no longer than this, as far as `leastStepTokens` allows it. */
const stepMs = 200;
/** A step of a prompt on a slow machine. */
const slowMs = 300_000;

const count = v.pipe(v.number(), v.integer());
export const timingsSchema = v.object({
  cache_n: count,
  prompt_n: count,
  prompt_ms: v.optional(v.number(), 0),
  predicted_n: count,
});
const stepSchema = v.object({ timings: timingsSchema });
export type Timings = v.InferOutput<typeof timingsSchema>;

export class PromptSteps {
  readonly #client: HttpClient;
  #stepTokens = mostUnseenTokens;

  constructor(client: HttpClient) {
    this.#client = client;
  }

  /** Computes the prompt but for its last step; returns how many tokens of it were computed now. */
  async warm(slot: ServerSlot, tokens: readonly number[], signal: AbortSignal): Promise<number> {
    let known = commonLength(slot.held, tokens);
    let computed = 0;
    while (tokens.length - known > this.#stepTokens) {
      known += this.#stepTokens;
      computed += (await this.step(slot, tokens.slice(0, known), signal)).prompt_n;
      slot.held = tokens.slice(0, known);
    }
    slot.held = tokens;
    return computed;
  }

  async step({ id }: ServerSlot, prompt: readonly number[], signal: AbortSignal): Promise<Timings> {
    const body = { prompt, n_predict: 0, cache_prompt: true, id_slot: id };
    const request = { method: "POST", path: "completion", body, schema: stepSchema } as const;
    const { timings } = await this.#client.json({ ...request, limitMs: slowMs }, signal);
    this.saw(timings);
    return timings;
  }

  /** Every prompt says how fast the machine reads; a short one says little. */
  saw({ prompt_n, prompt_ms }: Timings): void {
    if (prompt_n < leastStepTokens || prompt_ms === 0) return;
    const inTime = Math.floor((prompt_n / prompt_ms) * stepMs);
    this.#stepTokens = Math.min(mostUnseenTokens, Math.max(leastStepTokens, inTime));
  }
}
