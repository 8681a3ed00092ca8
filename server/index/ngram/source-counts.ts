/** How often each token followed a context, by how much of the context was the same: one source's share. */

import { longestContext } from "./token-index.ts";

export const orders = longestContext + 1;
/** Different tokens that are kept. */
export const mostDistinct = 1024;
/** The chance of a token before anything is known. */
export const blank = 1e-4;

export class SourceCounts {
  readonly #counts = new Float64Array(mostDistinct * orders);
  readonly #longest = new Uint8Array(mostDistinct);
  readonly #seen = new Float64Array(orders);
  readonly #kinds = new Float64Array(orders);
  /** The product of the escapes from a length up to the longest one. */
  readonly #escapes = new Float64Array(orders + 1);
  /** The longest context after which anything was seen. */
  longest = 0;

  clear(size: number): void {
    this.#counts.fill(0, 0, size * orders);
    this.#longest.fill(0, 0, size);
    this.#seen.fill(0);
    this.#kinds.fill(0);
    this.longest = 0;
  }

  add(index: number, matched: number, count: number): void {
    const at = index * orders + matched;
    this.#counts[at] = (this.#counts[at] ?? 0) + count;
    if (matched > (this.#longest[index] ?? 0)) this.#longest[index] = matched;
    if (matched > this.longest) this.longest = matched;
  }

  /** Counts a longer match as a match of every shorter length too. Called once, when all is added. */
  sum(size: number): void {
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let order = this.#longest[i] ?? 0; order >= 1; order--) {
        const at = i * orders + order;
        sum += this.#counts[at] ?? 0;
        this.#counts[at] = sum;
        this.#seen[order] = (this.#seen[order] ?? 0) + sum;
        this.#kinds[order] = (this.#kinds[order] ?? 0) + 1;
      }
    }
    this.#escapes[this.longest + 1] = 1;
    for (let order = this.longest; order >= 1; order--) {
      this.#escapes[order] = (this.#escapes[order + 1] ?? 1) * this.#escape(order);
    }
  }

  of(index: number, order: number): number {
    return this.#counts[index * orders + order] ?? 0;
  }

  /** The longest context after which the token was seen; 0 when it was not. */
  longestOf(index: number): number {
    return this.#longest[index] ?? 0;
  }

  /** The token's chance, each length mixed with the shorter ones by escape method C. */
  interpolate(index: number): number {
    const longest = this.#longest[index] ?? 0;
    let chance = blank;
    for (let order = 1; order <= longest; order++) {
      const kinds = this.#kinds[order] ?? 0;
      chance = (this.of(index, order) + kinds * chance) / ((this.#seen[order] ?? 0) + kinds);
    }
    return chance * (this.#escapes[longest + 1] ?? 1);
  }

  #escape(order: number): number {
    const kinds = this.#kinds[order] ?? 0;
    return kinds / ((this.#seen[order] ?? 0) + kinds);
  }
}
