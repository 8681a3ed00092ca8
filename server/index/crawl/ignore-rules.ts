/**
 * Which paths of a folder the person wants left alone: `.gitignore` and `.hearthignore` at every level, from the
 * root of the repository down, `.git/info/exclude`, and what no one reads by hand. As in Git, the rules nearest
 * to a path win, and nothing under an ignored folder comes back.
 */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ignore, { type Ignore } from "ignore";

export class IgnoreRules {
  readonly #root: string;
  readonly #folder: string;
  /** What the person's settings leave out. */
  readonly #exclude: Ignore | undefined;
  readonly #levels = new Map<string, Ignore | undefined>();

  /** `folder` is where reading starts; rules above it count up to the root of its repository. */
  constructor(folder: string, exclude: readonly string[] = []) {
    this.#root = repositoryOf(folder) ?? folder;
    this.#folder = folder;
    this.#exclude = exclude.length > 0 ? ignore({ allowRelativePaths: true }).add([...exclude]) : undefined;
  }

  /** Whether `path`, whose folders are not ignored, is. */
  ignores(path: string, kind: "file" | "folder"): boolean {
    if (kind === "folder" && alwaysLeftOut.has(path.slice(path.lastIndexOf(sep) + 1))) return true;
    if (this.#exclude?.ignores(relativeTo(this.#folder, path, kind))) return true;
    for (let level = dirname(path); ; level = dirname(level)) {
      const verdict = this.#rulesAt(level)?.test(relativeTo(level, path, kind));
      if (verdict?.ignored) return true;
      if (verdict?.unignored) return false;
      if (level === this.#root || level === dirname(level) || !level.startsWith(this.#root)) return false;
    }
  }

  /** Whether `path` or a folder above it is ignored. */
  ignoresDeep(path: string): boolean {
    if (!path.startsWith(this.#root + sep)) return true;
    const parts = relative(this.#root, path).split(sep);
    return parts.some((_, i) => {
      const above = join(this.#root, ...parts.slice(0, i + 1));
      return this.ignores(above, i === parts.length - 1 ? "file" : "folder");
    });
  }

  #rulesAt(folder: string): Ignore | undefined {
    if (this.#levels.has(folder)) return this.#levels.get(folder);
    const names = folder === this.#root ? [join(".git", "info", "exclude"), ...ruleFiles] : ruleFiles;
    const texts = names.map((name) => readRules(join(folder, name))).filter((text) => text !== "");
    const rules = texts.length > 0 ? ignore({ allowRelativePaths: true }).add(texts.join("\n")) : undefined;
    this.#levels.set(folder, rules);
    return rules;
  }
}

/** Files that hold rules; the later wins over the earlier. */
export const ruleFiles: readonly string[] = [".gitignore", ".hearthignore"];

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

/** Rules are bounded like every other file that a repository brings. */
const longestRules = 1 << 20;

function readRules(path: string): string {
  try {
    return readFileSync(path, "utf8").slice(0, longestRules);
  } catch {
    return "";
  }
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
