/** The distinct tokens of the counts, each a number. Ids are never reused; a rebuilt model starts a new one. */

/** Ids with a meaning of their own; every other id is a piece of text. */
export const special = {
  /** Text that is no use to predict: too long, or beyond the vocabulary's bound. */
  unknown: 0,
  fileStart: 1,
  /** A line break before a line that is indented as the line before it, deeper, less deep, much less deep. */
  breakSame: 2,
  breakIn: 3,
  breakOut: 4,
  breakFarOut: 5,
} as const;

const firstText = 6;

export function isBreak(id: number): boolean {
  return id >= special.breakSame && id <= special.breakFarOut;
}

/** A longer run of letters is a hash, a key or data; it is kept as `unknown`. */
export const longestToken = 64;

const shortestSecret = 16;

const fnvStart = 0x811c9dc5;
const fnvPrime = 0x01000193;

/** FNV-1a over UTF-16 code units, the hash that `internSlice` expects. */
export function hashStep(hash: number, code: number): number {
  return Math.imul(hash ^ code, fnvPrime);
}

export const hashStart = fnvStart;

export class Vocabulary {
  readonly #texts: string[] = Array.from({ length: firstText }, () => "");
  #hashes = new Uint32Array(1 << 12);
  #slots = new Uint32Array(1 << 13);
  #characters = 0;
  readonly #limit: number;
  readonly #refuses: (text: string) => boolean;

  /** Texts that `refuses` names are read as `unknown`. It is only asked about new texts of some length. */
  constructor(options: { readonly limit?: number; readonly refuses?: (text: string) => boolean } = {}) {
    this.#limit = options.limit ?? 1 << 20;
    this.#refuses = options.refuses ?? (() => false);
  }

  get size(): number {
    return this.#texts.length;
  }

  /** What the vocabulary holds, in bytes: its tables, and its texts at what V8 keeps for them. */
  get bytes(): number {
    return this.#hashes.byteLength + this.#slots.byteLength + this.#texts.length * 24 + this.#characters;
  }

  textOf(id: number): string {
    return this.#texts[id] ?? "";
  }

  /** The id of `text`, or `unknown` when it was never seen. */
  idOf(text: string): number {
    const slot = this.#slotOf(text, 0, text.length, hashOf(text));
    return this.#slots[slot] ?? special.unknown;
  }

  intern(text: string): number {
    return this.internSlice(text, 0, text.length, hashOf(text));
  }

  /** The id of `text.slice(start, end)`, whose hash is `hash`. Cuts the text only when it is new. */
  internSlice(text: string, start: number, end: number, hash: number): number {
    if (end - start > longestToken) return special.unknown;
    const slot = this.#slotOf(text, start, end, hash >>> 0);
    const known = this.#slots[slot] ?? special.unknown;
    if (known !== special.unknown) return known;
    if (this.#texts.length >= this.#limit) return special.unknown;
    const cut = text.slice(start, end);
    if (cut.length >= shortestSecret && this.#refuses(cut)) return special.unknown;
    return this.#add(ownCopy(cut), hash >>> 0, slot);
  }

  #add(text: string, hash: number, slot: number): number {
    const id = this.#texts.length;
    this.#texts.push(text);
    this.#characters += text.length;
    if (id >= this.#hashes.length) this.#hashes = grown(this.#hashes, this.#hashes.length * 2);
    this.#hashes[id] = hash;
    this.#slots[slot] = id;
    if (id * 3 > this.#slots.length * 2) this.#rehash();
    return id;
  }

  #slotOf(text: string, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = scatter(hash) & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot] ?? 0;
      if (id === 0) return slot;
      if (this.#hashes[id] !== hash) continue;
      const known = this.#texts[id] ?? "";
      if (known.length === end - start && text.startsWith(known, start)) return slot;
    }
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let id = firstText; id < this.#texts.length; id++) {
      let slot = scatter(this.#hashes[id] ?? 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}

export function hashOf(text: string): number {
  let hash = fnvStart;
  for (let i = 0; i < text.length; i++) hash = hashStep(hash, text.charCodeAt(i));
  return hash >>> 0;
}

function scatter(hash: number): number {
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** A slice of more than 12 characters would keep the whole file alive. */
function ownCopy(text: string): string {
  return Buffer.from(text, "utf16le").toString("utf16le");
}

function grown(array: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const next = new Uint32Array(length);
  next.set(array);
  return next;
}
