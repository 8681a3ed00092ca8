/**
 * The tokens of the files of the workspace. A file can leave and come back, or be hidden while it is open;
 * its memory never passes the limit, and what the limit kept out is told to the caller.
 */

import { maskSecrets } from "../../security/mask-secrets.ts";
import { TokenIndex } from "./token-index.ts";
import { TokenBuffer, tokenize } from "./tokenizer.ts";
import { special, type Vocabulary } from "./vocabulary.ts";

/** Bytes that one token takes, tables included, when the index is nearly full. */
const bytesPerToken = 24;
/** More than in any code, so that what cannot fit need not be read. */
const charactersPerToken = 12;

interface Held {
  readonly from: number;
  readonly to: number;
  hidden: boolean;
}

export class WorkspaceIndex {
  readonly #vocabulary: Vocabulary;
  readonly #mostTokens: number;
  readonly #fresh = new TokenBuffer();
  /** In the order of their places. */
  readonly #files = new Map<string, Held>();
  readonly #index: TokenIndex;
  #tokens = 0;

  constructor(vocabulary: Vocabulary, limits: { readonly bytes: number }) {
    this.#vocabulary = vocabulary;
    this.#mostTokens = Math.floor(limits.bytes / bytesPerToken);
    this.#index = new TokenIndex(1 << 10, this.#mostTokens);
  }

  get index(): TokenIndex {
    return this.#index;
  }

  get files(): number {
    return this.#files.size;
  }

  /** Tokens of all files, hidden ones included. */
  get tokens(): number {
    return this.#tokens;
  }

  get bytes(): number {
    return this.#index.bytes;
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  tokensOf(path: string): number {
    const held = this.#files.get(path);
    return held ? held.to - held.from : 0;
  }

  paths(): IterableIterator<string> {
    return this.#files.keys();
  }

  /**
   * Counts `text` as the content of `path`, in place of what was there. "full" leaves the path out. A part is kept
   * for new versions of known files, so that saving in a full workspace seldom compacts.
   */
  set(path: string, text: string): "held" | "full" {
    const before = this.#files.get(path);
    const most = before ? this.#mostTokens : this.#mostTokens - (this.#mostTokens >> 4);
    this.delete(path);
    if (!this.#makeRoom(Math.floor(text.length / charactersPerToken), most)) return "full";
    const fresh = this.#fresh;
    fresh.clear();
    fresh.push(special.fileStart, 0);
    tokenize(maskSecrets(text), this.#vocabulary, fresh);
    if (!this.#makeRoom(fresh.length, most)) return "full";
    const from = this.#index.append(fresh.ids, 0, fresh.length, 1);
    this.#files.set(path, { from, to: from + fresh.length, hidden: false });
    this.#tokens += fresh.length;
    if (before?.hidden) this.hide(path);
    return "held";
  }

  delete(path: string): void {
    const held = this.#files.get(path);
    if (!held) return;
    this.#files.delete(path);
    this.#tokens -= held.to - held.from;
    this.#index.setCounted(held.from + 1, held.to, "dead");
    if (this.#gaps > Math.max(1 << 16, this.#index.length >> 1)) this.compact();
  }

  /** Whether so much has left that `compact` is worth its time. */
  get needsCompacting(): boolean {
    return this.#gaps > Math.max(1 << 12, this.#index.length >> 5);
  }

  /** Places that no file holds any more. */
  get #gaps(): number {
    return this.#index.length - this.#tokens;
  }

  #makeRoom(length: number, most: number): boolean {
    if (this.#index.length + length <= most) return true;
    if (this.#gaps <= this.#mostTokens >> 5) return false;
    this.compact();
    return this.#index.length + length <= most;
  }

  /** Closes the gaps that files left, and is behind. Sooner or later this happens by itself. */
  compact(): void {
    const held = [...this.#files];
    const starts = this.#index.keep(held.map(([, places]) => places));
    for (const [i, [path, { from, to, hidden }]] of held.entries()) {
      const start = starts[i] ?? 0;
      this.#files.set(path, { from: start, to: start + to - from, hidden });
    }
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
}
