/**
 * Which of the server's slots a request goes to, and what each may still hold of its last prompt. Completions have
 * the first to themselves where there is more than one, so that nothing else drives out their cache.
 */

import type { Disposable } from "../../base/disposable.ts";
import type { Priority } from "../../model/model-runtime.ts";

export interface ServerSlot {
  readonly id: number;
  /** The tokens of its last prompt. */
  held: readonly number[];
  /** Requests of ours that it has now. */
  running: number;
}

export interface ClaimedSlot extends Disposable {
  readonly slot: ServerSlot;
}

export class ServerSlots {
  readonly #slots: readonly ServerSlot[];

  constructor(count: number) {
    this.#slots = Array.from({ length: Math.max(1, count) }, (_, id) => ({ id, held: [], running: 0 }));
  }

  claim(priority: Priority, tokens: readonly number[]): ClaimedSlot {
    const [first, ...others] = this.#slots;
    const candidates = priority === "completion" || others.length === 0 ? [first] : others;
    const [best] = candidates
      .filter((slot) => slot !== undefined)
      .toSorted(
        (a, b) => a.running - b.running || commonLength(b.held, tokens) - commonLength(a.held, tokens),
      );
    if (!best) throw new Error("A server has one slot at least.");
    best.running++;
    return { slot: best, dispose: () => void best.running-- };
  }
}

export function commonLength(a: readonly number[], b: readonly number[]): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return length;
}
