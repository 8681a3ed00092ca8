/**
 * Keeps the counts in step with folders on disk: reads them once, nearest and newest files first, follows single
 * files afterwards, and remembers what was left out and why.
 */

import { readdir } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { type CrawlLimits, crawl, type Found, findFile, readSource } from "../crawl/crawl.ts";
import { IgnoreRules, ruleFiles } from "../crawl/ignore-rules.ts";
import type { SkipReason } from "../crawl/skip-reason.ts";
import type { OmittedFiles } from "./builtin-protocol.ts";

/** Where the texts go. */
export interface TextStore {
  add(path: string, text: string): "held" | "full";
  remove(path: string): void;
  has(path: string): boolean;
  paths(): Iterable<string>;
}

interface Folder {
  readonly reading: AbortController;
  readonly rules: IgnoreRules;
  readonly limits: CrawlLimits;
}

type FoundFile = Extract<Found, { readonly kind: "file" }>;

export class FolderReader {
  readonly #store: TextStore;
  /** Paths of the open documents: what is near them is read first. */
  readonly #open: () => readonly string[];
  readonly #folders = new Map<string, Folder>();
  readonly #omitted = new Omissions();
  readonly #changed = new Set<string>();
  #following: Promise<void> | undefined;
  #busy = 0;
  #waiting: (() => void)[] = [];

  constructor(store: TextStore, options: { readonly open: () => readonly string[] }) {
    this.#store = store;
    this.#open = options.open;
  }

  get reading(): boolean {
    return this.#busy > 0;
  }

  get omitted(): readonly OmittedFiles[] {
    return this.#omitted.list();
  }

  /** Resolves when nothing is being read. */
  idle(): Promise<void> {
    return this.#busy === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** A folder that is there already is read again, with these limits. */
  add(path: string, limits: CrawlLimits): Promise<void> {
    this.#folders.get(path)?.reading.abort();
    const folder = { reading: new AbortController(), rules: new IgnoreRules(path, limits.exclude), limits };
    this.#folders.set(path, folder);
    return this.#during(() => this.#read(path, folder));
  }

  remove(path: string): void {
    this.#folders.get(path)?.reading.abort();
    this.#folders.delete(path);
    for (const held of this.#store.paths()) {
      if (isUnder(path, held) && this.#folderOf(held) === undefined) this.#store.remove(held);
    }
    this.#omitted.forget(path);
  }

  /** Reads one file or folder again after it changed on disk, or forgets it when it is gone. */
  saved(path: string): Promise<void> {
    this.#changed.add(path);
    this.#following ??= this.#during(() => this.#follow()).finally(() => {
      this.#following = undefined;
    });
    return this.#following;
  }

  /** One after the other, so that a checkout of ten thousand files is ten thousand short steps. */
  async #follow(): Promise<void> {
    for (const path of this.#changed) {
      this.#changed.delete(path);
      const owner = this.#folderOf(path);
      if (owner) await this.#again(path, owner);
    }
  }

  async #again(path: string, [root, folder]: [string, Folder]): Promise<void> {
    if (ruleFiles.includes(basename(path))) return this.add(root, folder.limits);
    const found = await findFile(path, folder.rules, folder.limits);
    if (found?.kind === "file") return this.#take(path);
    if (found?.kind === "folder") return this.#read(path, folder);
    this.#forget(path);
    if (found) this.#omitted.set(path, found.reason);
  }

  #forget(path: string): void {
    if (this.#store.has(path)) return this.#store.remove(path);
    for (const held of this.#store.paths()) if (isUnder(path, held)) this.#store.remove(held);
  }

  /** While folders are being read, takes what lies beside an open document before its turn. */
  async near(path: string): Promise<void> {
    const owner = this.#folderOf(path);
    if (!this.reading || !owner) return;
    const [, folder] = owner;
    await this.#during(async () => {
      for (const neighbour of await siblingsOf(path)) {
        if (folder.reading.signal.aborted) return;
        const found = await findFile(neighbour, folder.rules, folder.limits);
        if (found?.kind === "file" && !this.#store.has(neighbour)) await this.#take(neighbour);
      }
    });
  }

  dispose(): void {
    for (const { reading } of this.#folders.values()) reading.abort();
    this.#folders.clear();
  }

  async #read(path: string, { reading, limits }: Folder): Promise<void> {
    const files: FoundFile[] = [];
    const stale = new Set([...this.#store.paths()].filter((held) => isUnder(path, held)));
    for await (const found of crawl(path, limits, reading.signal)) {
      if (found.kind === "skipped") this.#omitted.set(found.path, found.reason);
      else files.push(found);
    }
    const near = nearness(this.#open());
    files.sort((a, b) => near(a.path) - near(b.path) || b.modified - a.modified);
    for (const file of files) {
      if (reading.signal.aborted) return;
      stale.delete(file.path);
      await this.#take(file.path);
    }
    for (const gone of stale) this.#store.remove(gone);
  }

  async #take(path: string): Promise<void> {
    const source = await readSource(path);
    if (!this.#folderOf(path)) return;
    const held = "text" in source ? this.#store.add(path, source.text) : "left-out";
    if (held === "held") return this.#omitted.delete(path);
    this.#store.remove(path);
    this.#omitted.set(path, "reason" in source ? source.reason : "counts-full");
  }

  async #during(work: () => Promise<void>): Promise<void> {
    this.#busy++;
    try {
      await work();
    } finally {
      this.#busy--;
      if (this.#busy === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }

  /** The innermost folder that holds `path`. */
  #folderOf(path: string): [string, Folder] | undefined {
    const owners = [...this.#folders].filter(([root]) => isUnder(root, path));
    return owners.sort(([a], [b]) => b.length - a.length)[0];
  }
}

function isUnder(folder: string, path: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** The first files of the folder of `path`; none when it cannot be read. */
async function siblingsOf(path: string): Promise<string[]> {
  const entries = await readdir(dirname(path), { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).slice(0, mostNeighbours);
  return files.map((entry) => join(dirname(path), entry.name));
}

/** How far a path is from the nearest open document, in folders to climb and descend; alike when none is open. */
function nearness(open: readonly string[]): (path: string) => number {
  const homes = open.map((path) => dirname(path).split(sep));
  const known = new Map<string, number>();
  return (path) => {
    const folder = dirname(path);
    const cached = known.get(folder);
    if (cached !== undefined) return cached;
    const parts = folder.split(sep);
    const distances = homes.map((home) => {
      let shared = 0;
      while (shared < home.length && shared < parts.length && home[shared] === parts[shared]) shared++;
      return home.length + parts.length - 2 * shared;
    });
    const least = Math.min(...distances, homes.length === 0 ? 0 : Infinity);
    known.set(folder, least);
    return least;
  };
}

/** Which files were left out. Beyond a bound only their number is kept. */
class Omissions {
  readonly #reasons = new Map<string, SkipReason>();
  readonly #beyond = new Map<SkipReason, number>();

  set(path: string, reason: SkipReason): void {
    if (this.#reasons.size < mostRemembered || this.#reasons.has(path)) this.#reasons.set(path, reason);
    else this.#beyond.set(reason, (this.#beyond.get(reason) ?? 0) + 1);
  }

  delete(path: string): void {
    this.#reasons.delete(path);
  }

  forget(folder: string): void {
    for (const path of this.#reasons.keys()) {
      if (path === folder || isUnder(folder, path)) this.#reasons.delete(path);
    }
  }

  list(): OmittedFiles[] {
    const byReason = new Map<SkipReason, { count: number; examples: string[] }>();
    for (const [reason, count] of this.#beyond) byReason.set(reason, { count, examples: [] });
    for (const [path, reason] of this.#reasons) {
      const entry = byReason.get(reason) ?? { count: 0, examples: [] };
      entry.count++;
      if (entry.examples.length < mostExamples) entry.examples.push(path);
      byReason.set(reason, entry);
    }
    return [...byReason].map(([reason, entry]) => ({ reason, ...entry }));
  }
}

const mostNeighbours = 100;
const mostRemembered = 10_000;
const mostExamples = 5;
