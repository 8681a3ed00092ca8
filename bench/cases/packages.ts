/** Real TypeScript for the benches: npm packages that ship their sources, fetched once into a cache folder. */

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { promisify } from "node:util";
import envPaths from "env-paths";

/** Nothing is ever tuned on these: they are what the numbers in the table are about. */
export const heldOutPackages = [
  "mongodb@7.9.0",
  "@grpc/grpc-js@1.14.7",
  "rxjs@7.8.2",
  "langium@4.4.0",
  "@xterm/xterm@6.0.0",
] as const;

/** Weights, orders and thresholds are chosen on these alone. */
export const tuningPackages = ["apache-arrow@21.2.0", "mobx@7.1.3", "@reduxjs/toolkit@2.14.0"] as const;

export interface SourceFile {
  /** Relative to the package, with `/`. */
  readonly path: string;
  readonly text: string;
}

export interface SourcePackage {
  readonly name: string;
  readonly root: string;
  readonly files: readonly SourceFile[];
}

/** The TypeScript sources of `name@version`, generated and duplicate files out, sorted by path. */
export async function loadPackage(spec: string): Promise<SourcePackage> {
  const root = await fetchPackage(spec);
  const names = await readdir(root, { recursive: true });
  const files: SourceFile[] = [];
  for (const path of names.map((name) => name.split(sep).join("/")).sort()) {
    if (!isSource(path)) continue;
    const text = await readFile(join(root, path), "utf8");
    if (!isGenerated(path, text)) files.push({ path, text });
  }
  return { name: spec, root, files: withoutDuplicates(files) };
}

const run = promisify(execFile);

async function fetchPackage(spec: string): Promise<string> {
  const cache = join(envPaths("hearth-bench", { suffix: "" }).cache, "packages");
  const home = join(cache, spec.replace(/[^\w.@-]/g, "+"));
  const root = join(home, "package");
  if (existsSync(root)) return root;
  await mkdir(cache, { recursive: true });
  const staging = await mkdtemp(join(cache, "staging-"));
  const options = { cwd: staging, shell: process.platform === "win32" };
  const { stdout } = await run("npm", ["pack", "--silent", spec], options);
  const archive = stdout.trim().split("\n").at(-1) ?? "";
  await run("tar", ["-xzf", relative(staging, join(staging, archive))], options);
  await rm(join(staging, archive));
  await rename(staging, home);
  return root;
}

function isSource(path: string): boolean {
  return /\.[mc]?tsx?$/.test(path) && !/\.d\.[mc]?ts$/.test(path) && !path.includes("node_modules/");
}

function isGenerated(path: string, text: string): boolean {
  return (
    /(^|\/)(generated|__generated__|gen)\//.test(path) || /@generated|DO NOT EDIT/i.test(text.slice(0, 600))
  );
}

/** Of two files that share four fifths of their lines the first stays. */
function withoutDuplicates(files: readonly SourceFile[]): SourceFile[] {
  const kept: { file: SourceFile; lines: ReadonlySet<string> }[] = [];
  for (const file of files) {
    const lines = new Set(file.text.split(/\r?\n/).map((line) => line.trim()));
    if (!kept.some((other) => overlap(lines, other.lines) > 0.8)) kept.push({ file, lines });
  }
  return kept.map(({ file }) => file);
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (Math.min(a.size, b.size) < 0.8 * Math.max(a.size, b.size)) return 0;
  let shared = 0;
  for (const line of a) if (b.has(line)) shared++;
  return shared / Math.max(1, a.size + b.size - shared);
}
