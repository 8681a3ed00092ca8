/**
 * Keeps the counts in step with folders on disk: reads them once, nearest and newest files first, follows single
 * files afterwards, and remembers what was left out and why.
 */

import { readdir } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { type CrawlLimits, crawl, type Found, findFile, readSource } from "../crawl/crawl.ts";
import { IgnoreRules, ruleFiles } from "../crawl/ignore-rules.ts";
import type { OmittedFiles } from "./builtin-protocol.ts";
import { listOmissions, Omissions } from "./omissions.ts";

/** Where the texts go. */
export interface TextStore {
  /** How many it holds. */
  readonly files: number;
  add(path: string, text: string): "held" | "full";
  remove(path: string): void;
  has(path: string): boolean;
  paths(): Iterable<string>;
}

interface Folder {
  readonly reading: AbortController;
  readonly rules: IgnoreRules;
  readonly limits: CrawlLimits;
  readonly omitted: Omissions;
}

type FoundFile = Extract<Found, { readonly kind: "file" }>;

export class FolderReader {
  readonly #store: TextStore;
  /** Paths of the open documents: what is near them is read first. */
  readonly #open: () => readonly string[];
  readonly #folders = new Map<string, Folder>();
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
    return listOmissions([...this.#folders.values()].map((folder) => folder.omitted));
  }

  /** Resolves when nothing is being read. */
  idle(): Promise<void> {
    return this.#busy === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** A folder that is there already is read again, with these limits. */
  add(path: string, limits: CrawlLimits): Promise<void> {
    this.#folders.get(path)?.reading.abort();
    const rules = new IgnoreRules(path, limits.exclude);
    const folder = { reading: new AbortController(), rules, limits, omitted: new Omissions() };
    this.#folders.set(path, folder);
    return this.#during(() => this.#read(path, folder));
  }

  remove(path: string): void {
    this.#folders.get(path)?.reading.abort();
    this.#folders.delete(path);
    for (const held of this.#store.paths()) {
      if (isUnder(path, held) && this.#folderOf(held) === undefined) this.#store.remove(held);
    }
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
    if (!found || found.kind === "folder") folder.omitted.forget(path);
    if (found?.kind === "folder") {
      folder.rules.forget(path);
      return this.#read(path, folder);
    }
    this.#forget(path);
    if (found) folder.omitted.set(path, found.reason);
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

  async #read(path: string, { reading, rules, limits, omitted }: Folder): Promise<void> {
    const files: FoundFile[] = [];
    for await (const found of crawl({ from: path, rules, limits }, reading.signal)) {
      if (found.kind === "skipped") omitted.set(found.path, found.reason);
      else files.push(found);
    }
    if (reading.signal.aborted) return;
    const near = nearness(this.#open());
    files.sort((a, b) => near(a.path) - near(b.path) || b.modified - a.modified);
    this.#makeRoom(path, files, limits);
    for (const file of files) {
      if (reading.signal.aborted) return;
      await this.#take(file.path);
    }
  }

  /** What is under `folder` no more leaves; and what has become too much, the farthest and oldest first. */
  #makeRoom(folder: string, files: readonly FoundFile[], limits: CrawlLimits): void {
    const found = new Set(files.map(({ path }) => path));
    for (const held of this.#store.paths()) {
      if (isUnder(folder, held) && !found.has(held)) this.#store.remove(held);
    }
    for (const { path } of files.toReversed()) {
      if (this.#store.files <= limits.files) return;
      this.#store.remove(path);
    }
  }

  async #take(path: string): Promise<void> {
    const source = await readSource(path);
    const folder = this.#folderOf(path)?.[1];
    if (!folder) return;
    const outcome = "text" in source ? this.#hold(path, source.text, folder.limits) : source.reason;
    if (outcome === "held") return folder.omitted.delete(path);
    this.#store.remove(path);
    folder.omitted.set(path, outcome);
  }

  #hold(path: string, text: string, limits: CrawlLimits): "held" | "too-many-files" | "counts-full" {
    if (!this.#store.has(path) && this.#store.files >= limits.files) return "too-many-files";
    return this.#store.add(path, text) === "held" ? "held" : "counts-full";
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

const mostNeighbours = 100;
