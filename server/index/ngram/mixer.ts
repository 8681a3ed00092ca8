/**
 * What may follow a context, with probabilities: the counts of every context length mixed as PPM does with
 * escape method C (Moffat 1990): with n tokens seen after a context, q of them different, a share q / (n + q)
 * goes to the next shorter context. Counts of the document weigh more than those of the workspace
 * (Hellendoorn and Devanbu 2017).
 */

import { type FollowerSink, longestContext } from "./token-index.ts";
import { idMask, spaceBit } from "./tokenizer.ts";

const orders = longestContext + 1;
const mostDistinct = 1024;
const slotShift = 20;
const slotCount = 2 ** (32 - slotShift);

export class Mixer implements FollowerSink {
  /** The different tokens that followed, `size` of them, in the order they were met. */
  readonly ids = new Uint32Array(mostDistinct);
  readonly probabilities = new Float64Array(mostDistinct);
  size = 0;
  /** What the next follower counts. */
  weight = 1;

  readonly #escape: number;
  readonly #slots = new Int16Array(slotCount);
  readonly #counts = new Float64Array(mostDistinct * orders);
  readonly #spaces = new Float64Array(mostDistinct);
  #longest = 0;
  #rest = 1;

  constructor(escape: number) {
    this.#escape = escape;
  }

  clear(): void {
    this.#slots.fill(0);
    this.#counts.fill(0, 0, this.size * orders);
    this.#spaces.fill(0, 0, this.size);
    this.size = 0;
    this.#longest = 0;
  }

  follower(token: number, matched: number): void {
    const id = token & idMask;
    const slot = this.#find(id);
    let index = (this.#slots[slot] ?? 0) - 1;
    if (index < 0) {
      if (this.size === mostDistinct) return;
      index = this.size++;
      this.ids[index] = id;
      this.#slots[slot] = index + 1;
    }
    if (matched > this.#longest) this.#longest = matched;
    const at = index * orders + matched;
    this.#counts[at] = (this.#counts[at] ?? 0) + this.weight;
    const lean = (token & spaceBit ? 1 : -1) * this.weight * (matched + 1) * (matched + 1);
    this.#spaces[index] = (this.#spaces[index] ?? 0) + lean;
  }

  /**
   * Computes `probabilities` from the longest context down. A token has its chance from the longest context that
   * it followed, and shorter ones are counted without it (PPM's exclusion).
   */
  mix(): void {
    this.probabilities.fill(0, 0, this.size);
    this.#rest = 1;
    for (let order = this.#longest; order >= 1; order--) {
      let total = 0;
      let kinds = 0;
      for (let i = 0; i < this.size; i++) {
        if ((this.probabilities[i] ?? 0) > 0) continue;
        const count = this.#seen(i, order);
        if (count === 0) continue;
        total += count;
        kinds++;
      }
      if (kinds > 0) this.#share(order, total, kinds);
    }
  }

  /** The chance of one token after `mix`; of one that never followed, `unseen` of what is left. */
  probabilityOf(id: number, unseen: number): number {
    const index = (this.#slots[this.#find(id)] ?? 0) - 1;
    return index >= 0 ? (this.probabilities[index] ?? 0) : this.#rest * unseen;
  }

  /** Whether white space stood before the token, for the most part. */
  spaced(index: number): boolean {
    return (this.#spaces[index] ?? 0) > 0;
  }

  #share(order: number, total: number, kinds: number): void {
    const share = this.#rest / (total + this.#escape * kinds);
    for (let i = 0; i < this.size; i++) {
      if ((this.probabilities[i] ?? 0) === 0) this.probabilities[i] = share * this.#seen(i, order);
    }
    this.#rest = share * this.#escape * kinds;
  }

  /** How often the token followed at this length; it has not followed at a longer one, so this is its sum. */
  #seen(index: number, order: number): number {
    return this.#counts[index * orders + order] ?? 0;
  }

  #find(id: number): number {
    for (let slot = Math.imul(id, 0x9e3779b1) >>> slotShift; ; slot++) {
      const at = slot & (slotCount - 1);
      const index = (this.#slots[at] ?? 0) - 1;
      if (index < 0 || this.ids[index] === id) return at;
    }
  }
}
