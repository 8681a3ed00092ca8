/** Counts the tokens of a text as a byte-pair tokenizer with the model's own vocabulary and merges makes them. */

import { LRUCache } from "lru-cache";
import { anyOf } from "./any-of.ts";
import type { PreTokenizer } from "./pre-tokenizers.ts";

export interface BytePairs {
  readonly tokens: ReadonlySet<string>;
  /** Pairs, each as its halves with a space between, most wanted first. */
  readonly merges: readonly string[];
  readonly pre: PreTokenizer;
  /** Tokens that count wherever a text spells them. */
  readonly spelled: readonly string[];
}

/** A longer word is cut, which can only add to the count: merging takes the square of the length. */
const longestWord = 1024;

export class BpeCounter {
  readonly #pairs: BytePairs;
  readonly #ranks: ReadonlyMap<string, number>;
  readonly #spelled: RegExp | undefined;
  readonly #known = new LRUCache<string, number>({ max: 20_000 });

  constructor(pairs: BytePairs) {
    this.#pairs = pairs;
    this.#ranks = new Map(pairs.merges.map((pair, rank) => [pair, rank]));
    this.#spelled = anyOf(pairs.spelled);
  }

  count(text: string): number {
    if (!this.#spelled) return this.#countPlain(text);
    const found = text.match(this.#spelled)?.length ?? 0;
    const plain = text.split(this.#spelled);
    return plain.reduce((sum, part) => sum + this.#countPlain(part), found);
  }

  #countPlain(text: string): number {
    let count = 0;
    for (const word of split(text, this.#pairs.pre.words)) {
      for (let from = 0; from < word.length; from += longestWord)
        count += this.#countWord(word.slice(from, from + longestWord));
    }
    return count;
  }

  #countWord(word: string): number {
    const known = this.#known.get(word);
    if (known !== undefined) return known;
    const count = this.#merge(Array.from(Buffer.from(word), (byte) => byteTokens[byte] ?? ""));
    this.#known.set(word, count);
    return count;
  }

  #merge(symbols: string[]): number {
    const { tokens, pre } = this.#pairs;
    if (pre.wholeWords && tokens.has(symbols.join(""))) return 1;
    for (;;) {
      const at = this.#bestPair(symbols);
      if (at < 0) break;
      symbols.splice(at, 2, `${symbols[at]}${symbols[at + 1]}`);
    }
    return symbols.reduce((count, symbol) => count + (tokens.has(symbol) ? 1 : symbol.length), 0);
  }

  #bestPair(symbols: readonly string[]): number {
    let best = Infinity;
    let found = -1;
    for (let at = 0; at + 1 < symbols.length; at++) {
      const rank = this.#ranks.get(`${symbols[at]} ${symbols[at + 1]}`) ?? Infinity;
      if (rank >= best) continue;
      best = rank;
      found = at;
    }
    return found;
  }
}

function split(text: string, [first, ...rest]: readonly RegExp[]): readonly string[] {
  if (first === undefined) return text === "" ? [] : [text];
  const words: string[] = [];
  let end = 0;
  for (const { 0: word, index } of text.matchAll(first)) {
    words.push(...split(text.slice(end, index), rest), ...split(word, rest));
    end = index + word.length;
  }
  return [...words, ...split(text.slice(end), rest)];
}

/** GPT-2's printable stand-in for each byte (`bytes_to_unicode` of openai/gpt-2's encoder.py). */
const byteTokens: readonly string[] = (() => {
  let shifted = 0;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(isPrintable(byte) ? byte : 256 + shifted++),
  );
})();

function isPrintable(byte: number): boolean {
  return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}
