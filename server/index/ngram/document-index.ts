/**
 * The tokens of one open document, followed edit by edit: what an edit touched leaves the index and is appended
 * anew with its context, so that the counts are always those of the text as it stands, without its secrets.
 */

import { maskSecrets } from "../../security/mask-secrets.ts";
import { endOfLine, endOfLineBefore, startOfLine } from "./line-bounds.ts";
import { longestContext, TokenIndex } from "./token-index.ts";
import { idMask, nextLine, TokenBuffer, tokenize } from "./tokenizer.ts";
import { isBreak, special, type Vocabulary } from "./vocabulary.ts";

/** An edit: `text[start..newEnd)` of the new text stands where `[start..oldEnd)` of the old one stood. */
export interface Edit {
  readonly start: number;
  readonly oldEnd: number;
  readonly newEnd: number;
}

export class DocumentIndex {
  readonly #vocabulary: Vocabulary;
  readonly #fresh = new TokenBuffer();
  #index = new TokenIndex();
  #ids = new Uint32Array(0);
  #starts = new Uint32Array(0);
  #places = new Int32Array(0);
  #length = 0;
  readonly #uses = new Map<number, number>();

  constructor(vocabulary: Vocabulary, text: string) {
    this.#vocabulary = vocabulary;
    this.reset(text);
  }

  get index(): TokenIndex {
    return this.#index;
  }

  /** How often the text holds the token. */
  usesOf(id: number): number {
    return this.#uses.get(id) ?? 0;
  }

  /** Tokens of the text, the mark of its start included. */
  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#index.bytes + this.#ids.byteLength * 3;
  }

  /** The tokens in reading order. The view is valid until the next change. */
  get ids(): Uint32Array {
    return this.#ids.subarray(0, this.#length);
  }

  reset(text: string): void {
    const fresh = this.#fresh;
    fresh.clear();
    fresh.push(special.fileStart, 0);
    tokenize(maskSecrets(text), this.#vocabulary, fresh);
    this.#index = new TokenIndex(fresh.length + 256);
    this.#length = 0;
    this.#uses.clear();
    this.#splice(0, 0, fresh, 0);
    const first = this.#append(fresh.ids, 0, fresh.length, 1);
    for (let i = 0; i < fresh.length; i++) this.#places[i] = first + i;
  }

  update(text: string, edit: Edit): void {
    const from = this.#restart(edit.start);
    const shift = edit.newEnd - edit.oldEnd;
    const fresh = this.#fresh;
    fresh.clear();
    const start = from === 1 ? 0 : startOfLine(text, this.#starts[from] ?? text.length);
    const end = endOfLine(text, nextLine(text, endOfLine(text, edit.newEnd)));
    const before = startOfLine(text, endOfLineBefore(text, start));
    const masked = maskSecrets(text.slice(before, end)).slice(start - before);
    tokenize(masked, this.#vocabulary, fresh, start);
    this.#replace(from, end === text.length ? this.#length : this.#tokenAt(end - shift), shift);
    if (this.#index.dead > Math.max(1 << 12, this.#length)) this.reset(text);
  }

  /** Takes the tokens that start in `[start..end)` of the text out of the counts. Returns the undo. */
  hide(start: number, end: number): () => void {
    const index = this.#index;
    const first = this.#tokenAt(start);
    const places = this.#places.slice(first, Math.max(first, Math.min(this.#length, this.#tokenAt(end))));
    for (const place of places) index.setCounted(place, place + 1, "dead");
    return () => {
      for (const place of places) index.setCounted(place, place + 1, "counted");
    };
  }

  /** Tokens `[from..to)` give way to the fresh ones; what follows moves by `shift` characters. */
  #replace(from: number, to: number, shift: number): void {
    const fresh = this.#fresh;
    const tail = Math.min(this.#length, to + longestContext);
    for (let i = from; i < tail; i++) {
      const place = this.#places[i] ?? 0;
      this.#index.setCounted(place, place + 1, "dead");
    }
    this.#splice(from, to, fresh, shift);
    const end = from + fresh.length + tail - to;
    const context = Math.max(0, from - longestContext);
    const first = this.#append(this.#ids, context, end, from);
    for (let i = from; i < end; i++) this.#places[i] = first + i - context;
  }

  #append(...tokens: Parameters<TokenIndex["append"]>): number {
    const first = this.#index.append(...tokens);
    this.#index.catchUp();
    return first;
  }

  #splice(from: number, to: number, fresh: TokenBuffer, shift: number): void {
    const length = this.#length - (to - from) + fresh.length;
    this.#use(this.#ids.subarray(from, to), -1);
    this.#use(fresh.ids.subarray(0, fresh.length), 1);
    if (length > this.#ids.length) this.#grow(length + (length >> 2));
    for (const column of [this.#ids, this.#starts, this.#places]) {
      column.copyWithin(from + fresh.length, to, this.#length);
    }
    this.#ids.set(fresh.ids.subarray(0, fresh.length), from);
    this.#starts.set(fresh.starts.subarray(0, fresh.length), from);
    this.#length = length;
    if (shift === 0) return;
    for (let i = from + fresh.length; i < length; i++) this.#starts[i] = (this.#starts[i] ?? 0) + shift;
  }

  #use(ids: Uint32Array, times: 1 | -1): void {
    for (const token of ids) {
      const uses = this.usesOf(token & idMask) + times;
      if (uses > 0) this.#uses.set(token & idMask, uses);
      else this.#uses.delete(token & idMask);
    }
  }

  /** The first token to read again: two lines before the edit, since a break tells the change of indentation. */
  #restart(offset: number): number {
    let token = this.#tokenAt(offset);
    for (let breaks = 0; token > 1; token--) {
      if (isBreak(this.#ids[token - 1] ?? 0) && ++breaks === 3) break;
    }
    return Math.max(1, token);
  }

  /** The first token that starts at `offset` or behind it. */
  #tokenAt(offset: number): number {
    let low = 1;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #grow(capacity: number): void {
    const ids = new Uint32Array(capacity);
    const starts = new Uint32Array(capacity);
    const places = new Int32Array(capacity);
    ids.set(this.#ids);
    starts.set(this.#starts);
    places.set(this.#places);
    this.#ids = ids;
    this.#starts = starts;
    this.#places = places;
  }
}
