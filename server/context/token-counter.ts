/**
 * Counts tokens with the model's tokenizer and remembers, so that a key costs no round trip to the model.
 *
 * While a text only grows at its end, as the lines before a cursor do, its count is taken as the count of
 * what it grew from and one token for each byte typed since: a byte-level tokenizer needs no more. After
 * `estimatedBytes` it is counted again.
 */

import { LRUCache } from "lru-cache";
import type { CountTokens } from "./window.ts";

const estimatedBytes = 64;
/** Characters of text that are remembered in all; the texts of a few dozen files. */
const rememberedChars = 4_000_000;

export class TokenCounter {
  readonly #count: CountTokens;
  readonly #known = new LRUCache<string, number>({
    max: 512,
    maxSize: rememberedChars,
    sizeCalculation: (_, text) => text.length + 1,
  });
  /** The texts last counted, newest first: what a growing text has grown from. */
  #roots: readonly string[] = [];

  constructor(count: CountTokens) {
    this.#count = count;
  }

  /** Tokens of `text`: never fewer than there are, and a few more at most. */
  async count(text: string): Promise<number> {
    const known = this.#known.get(text) ?? this.#estimate(text);
    if (known !== undefined) return known;
    const tokens = await this.#count(text);
    this.#known.set(text, tokens);
    this.#roots = [text, ...this.#roots.slice(0, 3)];
    return tokens;
  }

  #estimate(text: string): number | undefined {
    for (const root of this.#roots) {
      const tokens = this.#known.get(root);
      if (tokens === undefined || text.length - root.length > estimatedBytes || !text.startsWith(root))
        continue;
      const grown = Buffer.byteLength(text.slice(root.length));
      if (grown <= estimatedBytes) return tokens + grown;
    }
    return undefined;
  }
}
