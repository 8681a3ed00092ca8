/**
 * Which paths of a folder the person wants left alone: `.gitignore` and `.hearthignore` at every level, from the
 * root of the repository down, `.git/info/exclude`, and what no one reads by hand. As in Git, the rules nearest
 * to a path win, and nothing under an ignored folder comes back. A folder with too many rules, or with rules that
 * cannot be read, is left alone whole.
 */

import { existsSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ignore, { type Ignore } from "ignore";
import { startOfFile } from "../../base/regular-file.ts";
import { ruleLimits } from "../../config/rule-limits.ts";
import type { SkipReason } from "./skip-reason.ts";

/** Why a folder is left alone whole. */
type Refusal = Extract<SkipReason, "too-many-rules" | "unreadable-rules">;

export class IgnoreRules {
  /** Where reading starts. */
  readonly folder: string;
  readonly #root: string;
  /** What the person's settings leave out. */
  readonly #exclude: Ignore | undefined;
  readonly #levels = new Map<string, Ignore | Refusal | undefined>();

  /** Rules above `folder` count up to the root of its repository. */
  constructor(folder: string, exclude: readonly string[] = []) {
    this.#root = repositoryOf(folder) ?? folder;
    this.folder = folder;
    this.#exclude = exclude.length > 0 ? parse(exclude) : undefined;
  }

  /** Why `folder` must not be read, for its own rules or those of a folder above it. */
  refusal(folder: string): Refusal | undefined {
    for (let level = folder; ; level = dirname(level)) {
      const rules = this.#rulesAt(level);
      if (typeof rules === "string") return rules;
      if (this.#isTop(level)) return undefined;
    }
  }

  /** Whether `path`, whose folders are not ignored, is. */
  ignores(path: string, kind: "file" | "folder"): boolean {
    if (kind === "folder" && alwaysLeftOut.has(path.slice(path.lastIndexOf(sep) + 1))) return true;
    if (this.#exclude?.ignores(relativeTo(this.folder, path, kind))) return true;
    for (let level = dirname(path); ; level = dirname(level)) {
      const rules = this.#rulesAt(level);
      if (typeof rules === "string") return true;
      const verdict = rules?.test(relativeTo(level, path, kind));
      if (verdict?.ignored) return true;
      if (verdict?.unignored) return false;
      if (this.#isTop(level)) return false;
    }
  }

  /** Reads the rules of `folder`, and of those below it, anew when they are asked for. */
  forget(folder: string): void {
    for (const level of this.#levels.keys()) {
      if (level === folder || level.startsWith(folder + sep)) this.#levels.delete(level);
    }
  }

  #isTop(level: string): boolean {
    return level === this.#root || level === dirname(level) || !level.startsWith(this.#root);
  }

  /** Whether `path` or a folder above it is ignored. */
  ignoresDeep(path: string, kind: "file" | "folder"): boolean {
    if (!path.startsWith(this.#root + sep)) return true;
    const parts = relative(this.#root, path).split(sep);
    return parts.some((_, i) => {
      const above = join(this.#root, ...parts.slice(0, i + 1));
      return this.ignores(above, i === parts.length - 1 ? kind : "folder");
    });
  }

  #rulesAt(folder: string): Ignore | Refusal | undefined {
    if (this.#levels.has(folder)) return this.#levels.get(folder);
    const rules = readRules(folder, folder === this.#root ? [inRepository, ...ruleFiles] : ruleFiles);
    this.#levels.set(folder, rules);
    return rules;
  }
}

/** Files that hold rules; the later wins over the earlier. */
export const ruleFiles: readonly string[] = [".gitignore", ".hearthignore"];

const inRepository = join(".git", "info", "exclude");

const alwaysLeftOut = new Set([
  ".git",
  ".hg",
  ".svn",
  ".jj",
  "node_modules",
  "__pycache__",
  ".venv",
  ".hearth",
]);

/** Of a folder, and of one file of them: compiling and asking them once takes less than half a second. */
const { rules: mostRules, length: longestRules } = ruleLimits;

function readRules(folder: string, names: readonly string[]): Ignore | Refusal | undefined {
  const files = names.map((name) => startOfFile(join(folder, name), longestRules + 1));
  if (files.some(({ kind }) => kind === "unreadable")) return "unreadable-rules";
  const texts = files.map((file) => (file.kind === "text" ? file.text : ""));
  const lines = texts.flatMap((text) => text.split(/\r?\n/)).filter((line) => line !== "");
  const tooMany = lines.length > mostRules || texts.some((text) => Buffer.byteLength(text) > longestRules);
  if (tooMany) return "too-many-rules";
  return lines.length > 0 ? parse(lines) : undefined;
}

function parse(lines: readonly string[]): Ignore {
  return ignore({ allowRelativePaths: true }).add(lines.map(bounded));
}

/** Each one multiplies the ways in which a path may match, by the folders it has. */
const mostDoubleStars = 3;

/** Each one multiplies them by the characters of a name. */
const mostStars = 4;

/** A rule with more is cut to a wider one; an exception is dropped, so that what is left alone stays so. */
function bounded(rule: string): string {
  const names = rule.split("/");
  const wide = names.map((name) => cut(name, "*", mostStars)).join("/");
  const wider = cut(wide, "**", mostDoubleStars);
  return wider !== rule && rule.startsWith("!") ? "" : wider;
}

function cut(rule: string, stars: string, most: number): string {
  const parts = rule.split(stars);
  if (parts.length <= most + 1) return rule;
  return /[\\[]/.test(rule) ? stars : `${parts.slice(0, most).join(stars)}${stars}`;
}

function relativeTo(level: string, path: string, kind: "file" | "folder"): string {
  const name = relative(level, path).split(sep).join("/");
  return kind === "folder" ? `${name}/` : name;
}

function repositoryOf(folder: string): string | undefined {
  for (let level = folder; ; level = dirname(level)) {
    if (existsSync(join(level, ".git"))) return level;
    if (level === dirname(level)) return undefined;
  }
}
