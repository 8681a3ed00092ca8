/**
 * The tokens of the files of the workspace. A file can leave and come back, or be hidden while it is open;
 * its memory never passes the limit, and what the limit kept out is told to the caller.
 */

import { TokenIndex } from "./token-index.ts";
import { TokenBuffer, tokenize } from "./tokenizer.ts";
import { special, type Vocabulary } from "./vocabulary.ts";

/** Bytes that one token takes, tables included, when the index is nearly full. */
const bytesPerToken = 24;

interface Held {
  readonly from: number;
  readonly to: number;
  hidden: boolean;
}

export class WorkspaceIndex {
  readonly #vocabulary: Vocabulary;
  readonly #mostTokens: number;
  readonly #fresh = new TokenBuffer();
  readonly #files = new Map<string, Held>();
  #index = new TokenIndex();

  constructor(vocabulary: Vocabulary, limits: { readonly bytes: number }) {
    this.#vocabulary = vocabulary;
    this.#mostTokens = Math.floor(limits.bytes / bytesPerToken);
  }

  get index(): TokenIndex {
    return this.#index;
  }

  get files(): number {
    return this.#files.size;
  }

  /** Tokens of all files, hidden ones included, without what is dead. */
  get tokens(): number {
    let tokens = 0;
    for (const held of this.#files.values()) tokens += held.to - held.from;
    return tokens;
  }

  get bytes(): number {
    return this.#index.bytes;
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  paths(): IterableIterator<string> {
    return this.#files.keys();
  }

  /** Counts `text` as the content of `path`, in place of what was there. "full" leaves the path out. */
  set(path: string, text: string): "held" | "full" {
    const hidden = this.#files.get(path)?.hidden ?? false;
    this.delete(path);
    const fresh = this.#fresh;
    fresh.clear();
    fresh.push(special.fileStart, 0);
    tokenize(text, this.#vocabulary, fresh);
    if (this.#index.length + fresh.length > this.#mostTokens) this.#compact();
    if (this.#index.length + fresh.length > this.#mostTokens) return "full";
    const from = this.#index.append(fresh.ids, 0, fresh.length, 1);
    this.#files.set(path, { from, to: from + fresh.length, hidden: false });
    if (hidden) this.hide(path);
    return "held";
  }

  delete(path: string): void {
    const held = this.#files.get(path);
    if (!held) return;
    this.#files.delete(path);
    this.#index.setCounted(held.from + 1, held.to, "dead");
    if (this.#index.dead - this.#files.size > Math.max(1 << 16, this.#index.length >> 2)) this.#compact();
  }

  /** Takes `path` out of the counts until `show`, without forgetting it. */
  hide(path: string): void {
    const held = this.#files.get(path);
    if (!held || held.hidden) return;
    held.hidden = true;
    this.#index.setCounted(held.from + 1, held.to, "dead");
  }

  show(path: string): void {
    const held = this.#files.get(path);
    if (!held?.hidden) return;
    held.hidden = false;
    this.#index.setCounted(held.from + 1, held.to, "counted");
  }

  /** Moves the files that are left into a new index, without the gaps. */
  #compact(): void {
    if (this.#index.length - this.tokens === 0) return;
    const old = this.#index;
    this.#index = new TokenIndex(this.tokens + 1024);
    for (const [path, held] of this.#files) {
      const ids = old.copy(held.from, held.to);
      const from = this.#index.append(ids, 0, ids.length, 1);
      this.#files.set(path, { from, to: from + ids.length, hidden: false });
      if (held.hidden) this.hide(path);
    }
  }
}
