/**
 * The files of a folder that may be read, in batches, and those that may not, each with its reason. Follows no
 * symbolic link, so a loop cannot hold it; never holds more than the paths of one folder level and its limit.
 */

import type { Dirent } from "node:fs";
import { lstat, readdir, statfs } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { readWholeFile } from "../../base/regular-file.ts";
import { IgnoreRules } from "./ignore-rules.ts";
import { type SkipReason, skipByContent, skipByName } from "./skip-reason.ts";

export interface CrawlLimits {
  /** Bytes of the largest file that is read. */
  readonly fileBytes: number;
  /** The most files that are read, over all folders. */
  readonly files: number;
  /** What is left out beside what the folder itself says, as lines of a `.gitignore` at its top. */
  readonly exclude?: readonly string[];
}

export type Found =
  | { readonly kind: "file"; readonly path: string; readonly bytes: number; readonly modified: number }
  | { readonly kind: "skipped"; readonly path: string; readonly reason: SkipReason };

export interface Walk {
  /** Where to begin: the folder of the rules, or one below it. */
  readonly from: string;
  readonly rules: IgnoreRules;
  readonly limits: CrawlLimits;
}

/** Walks breadth first, and finds no more files than may be read. Content is not read. */
export async function* crawl({ from, rules, limits }: Walk, signal: AbortSignal): AsyncGenerator<Found> {
  const folders = [from];
  let files = 0;
  for (let next = folders.shift(); next !== undefined; next = folders.shift()) {
    const refusal = (await isOfKernel(next, from)) ? "unreadable" : rules.refusal(next);
    if (refusal !== undefined) {
      yield { kind: "skipped", path: next, reason: refusal };
      continue;
    }
    for (const entry of await entriesOf(next)) {
      if (signal.aborted) return;
      const path = join(next, entry.name);
      if (entry.isDirectory()) {
        if (isTooDeep(rules.folder, path)) yield { kind: "skipped", path, reason: "too-deep" };
        else if (!rules.ignores(path, "folder")) folders.push(path);
        continue;
      }
      const found =
        entry.isFile() && rules.ignores(path, "file") ? "ignored" : await look(path, entry, limits);
      if (typeof found === "string") yield { kind: "skipped", path, reason: found };
      else if (found && files++ === limits.files)
        return yield { kind: "skipped", path: from, reason: "too-many-files" };
      else if (found) yield found;
    }
  }
}

/** The text of a file that was found, or why it is left out after all. */
export async function readSource(
  path: string,
): Promise<{ readonly text: string } | { readonly reason: SkipReason }> {
  try {
    const file = await readWholeFile(path, Infinity);
    if (file.kind !== "bytes") return { reason: "unreadable" };
    const text = new TextDecoder().decode(file.bytes);
    const reason = skipByContent(text);
    return reason === undefined ? { text } : { reason };
  } catch {
    return { reason: "unreadable" };
  }
}

/** One file or folder outside a walk, judged as the walk would. */
export async function findFile(
  path: string,
  rules: IgnoreRules,
  limits: CrawlLimits,
): Promise<Found | { readonly kind: "folder" } | undefined> {
  const stats = await lstat(path).catch(() => undefined);
  if (!stats) return undefined;
  const refusal = rules.refusal(dirname(path));
  if (refusal !== undefined) return { kind: "skipped", path, reason: refusal };
  if (rules.ignoresDeep(path, stats.isDirectory() ? "folder" : "file"))
    return { kind: "skipped", path, reason: "ignored" };
  if (stats.isSymbolicLink()) return { kind: "skipped", path, reason: "symlink" };
  if (stats.isDirectory()) return { kind: "folder" };
  if (!stats.isFile()) return undefined;
  const reason = skipByName(path, stats.size, limits);
  if (reason !== undefined) return { kind: "skipped", path, reason };
  return { kind: "file", path, bytes: stats.size, modified: stats.mtimeMs };
}

/** File systems that the kernel makes up, by the number that `statfs` gives: their files answer a read, or wait. */
const kernelFileSystems: ReadonlySet<number> = new Set([
  0x9fa0, // proc
  0x62656572, // sysfs
]);

/** Asked where a walk begins and below the root of all, where they are mounted: once a folder is too dear. */
async function isOfKernel(folder: string, from: string): Promise<boolean> {
  if (process.platform !== "linux" || (folder !== from && dirname(folder) !== "/")) return false;
  const found = await statfs(folder).catch(() => undefined);
  return found !== undefined && kernelFileSystems.has(found.type);
}

/** No person nests folders like this, and what a rule costs grows with their number. */
const deepest = 64;

function isTooDeep(root: string, path: string): boolean {
  return path.slice(root.length).split(sep).length > deepest;
}

/** Undefined for what is neither a file nor a link. */
async function look(
  path: string,
  entry: Dirent,
  limits: CrawlLimits,
): Promise<Found | SkipReason | undefined> {
  if (entry.isSymbolicLink()) return "symlink";
  if (!entry.isFile()) return undefined;
  try {
    const stats = await lstat(path);
    const reason = skipByName(path, stats.size, limits);
    return reason ?? { kind: "file", path, bytes: stats.size, modified: stats.mtimeMs };
  } catch {
    return "unreadable";
  }
}

/** A folder that cannot be read is read as empty: the next saved file in it is followed all the same. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}
