/**
 * Every place where a context of tokens was seen, in typed arrays: tokens in reading order, and for a few
 * context lengths a chain from each place to the place before it with the same context (as compressors find
 * matches). Nothing is counted in advance: a query walks the chains. A token that left the counts keeps its
 * place and is marked dead, until the owner drops it. To chain all tokens anew takes long in a large index, so
 * that is left to the owner, in steps; until then a query finds what is chained already.
 */

import { idMask } from "./tokenizer.ts";

/** Set on a token that is no longer counted. It still is context for what follows it. */
const deadBit = 0x80000000;

/** Longest context that is compared. */
export const longestContext = 18;

/** The context lengths that have a chain, longest first. Shorter chains are only walked for what longer miss. */
export const chainOrders = [5, 2, 1] as const;

/** Receives the tokens that followed a context. */
export interface FollowerSink {
  follower(token: number, matched: number, place: number): void;
}

/**
 * Places walked for each that is wanted: typing leaves hundreds of dead ones at the front of a chain, and behind
 * them stands what the text still says.
 */
const walkedPerWanted = 16;

/** The most recent tokens before a place, newest first. */
export interface Context {
  readonly ids: Uint32Array;
  length: number;
}

export class TokenIndex {
  #tokens: Uint32Array;
  readonly #most: number;
  #length = 0;
  /** Places that are on the chains: all below this one. */
  #linked = 0;
  #dead = 0;
  readonly #links: Int32Array[];
  #heads: Int32Array[];

  /** Never holds more than `most` tokens; the caller asks for no more. */
  constructor(capacity = 1 << 10, most = Infinity) {
    this.#most = most;
    this.#tokens = new Uint32Array(capacity);
    this.#links = chainOrders.map(() => new Int32Array(capacity));
    this.#heads = newHeads(capacity);
  }

  /** Tokens held, dead ones included. */
  get length(): number {
    return this.#length;
  }

  get dead(): number {
    return this.#dead;
  }

  get bytes(): number {
    const arrays = [this.#tokens, ...this.#links, ...this.#heads];
    return arrays.reduce((sum, array) => sum + array.byteLength, 0);
  }

  /** Whether there are tokens that no query finds yet. */
  get isBehind(): boolean {
    return this.#linked < this.#length;
  }

  /** Chains up to `most` of the tokens that are not yet. */
  catchUp(most = Infinity): void {
    const to = Math.min(this.#length, this.#linked + most);
    this.#link(this.#linked, to);
    this.#linked = to;
  }

  /**
   * Appends `ids[from..to)` and returns the place of the first. Those before `countedFrom` are context for the
   * others and are not counted themselves. In an index that is behind the new ones are, too.
   */
  append(ids: Uint32Array, from: number, to: number, countedFrom = from): number {
    const first = this.#length;
    this.#reserve(first + to - from);
    this.#tokens.set(ids.subarray(from, to), first);
    this.#length += to - from;
    for (let place = first; place < first + countedFrom - from; place++) this.#kill(place);
    if (this.#linked < first) return first;
    this.#link(first + countedFrom - from, this.#length);
    this.#linked = this.#length;
    return first;
  }

  tokenAt(place: number): number {
    return (this.#tokens[place] ?? 0) & ~deadBit;
  }

  isCounted(place: number): boolean {
    return ((this.#tokens[place] ?? deadBit) & deadBit) === 0;
  }

  /** Drops all but the places of `kept`, in the order they lie, and is behind. Returns where each starts now. */
  keep(kept: readonly { readonly from: number; readonly to: number }[]): number[] {
    let length = 0;
    const starts = kept.map(({ from, to }) => {
      const start = length;
      this.#tokens.copyWithin(start, from, to);
      length += to - from;
      return start;
    });
    this.#length = length;
    this.#dead = 0;
    for (let place = 0; place < length; place++) if (!this.isCounted(place)) this.#dead++;
    for (const heads of this.#heads) heads.fill(-1);
    this.#linked = 0;
    return starts;
  }

  setCounted(from: number, to: number, counted: "counted" | "dead"): void {
    for (let place = from; place < to; place++) {
      if (counted === "dead") this.#kill(place);
      else this.#revive(place);
    }
  }

  /** Gives `sink` what followed `context`, newest places first, at most `limit` places that count a chain. */
  followers(context: Context, limit: number, sink: FollowerSink): void {
    const tokens = this.#tokens;
    const { ids, length } = context;
    let above = longestContext + 1;
    for (let chain = 0; chain < chainOrders.length; chain++) {
      const order = chainOrders[chain] ?? 1;
      if (length < order) continue;
      const heads = this.#heads[chain];
      const links = this.#links[chain];
      if (!heads || !links) continue;
      const bound = Math.min(length, above);
      let place = heads[hashOfContext(ids, order) & (heads.length - 1)] ?? -1;
      let walk = limit * walkedPerWanted;
      for (let left = limit; place >= 0 && left > 0 && walk > 0; walk--) {
        const token = tokens[place] ?? 0;
        if (token < deadBit) {
          left--;
          let matched = 0;
          while (matched < bound && ((tokens[place - 1 - matched] ?? 0) & idMask) === ids[matched]) matched++;
          if (matched >= order && matched < above) sink.follower(token, matched, place);
        }
        place = links[place] ?? -1;
      }
      above = order;
    }
  }

  #kill(place: number): void {
    const token = this.#tokens[place] ?? 0;
    if (token >= deadBit) return;
    this.#tokens[place] = token | deadBit;
    this.#dead++;
  }

  #revive(place: number): void {
    const token = this.#tokens[place] ?? 0;
    if (token < deadBit) return;
    this.#tokens[place] = token & ~deadBit;
    this.#dead--;
  }

  #link(from: number, to: number): void {
    const tokens = this.#tokens;
    for (let chain = 0; chain < chainOrders.length; chain++) {
      const order = chainOrders[chain] ?? 1;
      const heads = this.#heads[chain];
      const links = this.#links[chain];
      if (!heads || !links) continue;
      const mask = heads.length - 1;
      for (let place = from; place < to; place++) {
        let hash: number = order;
        for (let i = 1; i <= order; i++) hash = mix(hash, (tokens[place - i] ?? 0) & idMask);
        const slot = finish(hash) & mask;
        links[place] = heads[slot] ?? -1;
        heads[slot] = place;
      }
    }
  }

  #reserve(length: number): void {
    if (length <= this.#tokens.length) return;
    const grownBy = Math.ceil(this.#tokens.length * 1.125) + 1024;
    const capacity = Math.max(length, Math.min(this.#most, grownBy));
    this.#tokens = grown(this.#tokens, new Uint32Array(capacity));
    chainOrders.forEach((_, chain) => {
      const links = this.#links[chain];
      if (links) this.#links[chain] = grown(links, new Int32Array(capacity));
    });
    if (headsFor(capacity) === this.#heads[0]?.length) return;
    this.#heads = newHeads(capacity);
    this.#linked = 0;
  }
}

/** Contexts of one token are few: they need a quarter of the heads. */
function newHeads(capacity: number): Int32Array[] {
  const count = headsFor(capacity);
  return chainOrders.map((order) => new Int32Array(order === 1 ? count >> 2 : count).fill(-1));
}

function headsFor(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1024, capacity) / 4));
}

function hashOfContext(ids: Uint32Array, order: number): number {
  let hash: number = order;
  for (let i = 0; i < order; i++) hash = mix(hash, ids[i] ?? 0);
  return finish(hash);
}

function mix(hash: number, id: number): number {
  return Math.imul(hash ^ id, 0x9e3779b1) ^ (hash >>> 13);
}

function finish(hash: number): number {
  return (hash ^ (hash >>> 15) ^ (hash >>> 7)) >>> 0;
}

function grown<T extends Uint32Array | Int32Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
