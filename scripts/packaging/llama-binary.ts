/**
 * Fetches the llama.cpp of a target from the registry that npm is set to, once, into a cache folder outside
 * the checkout. Nothing is used whose SHA-512 is not the one in `binaries.json`.
 */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import binaries from "../../server/runtime/embedded/binaries.json" with { type: "json" };

export const targets = Object.keys(binaries.targets) as readonly Target[];
export type Target = keyof typeof binaries.targets;

export interface LlamaBinary {
  /** Its name in a `node_modules` folder. */
  readonly name: string;
  readonly version: string;
  readonly archive: string;
}

export function fetchLlama(target: Target, cache: string = cacheFolder()): LlamaBinary {
  const { package: name, integrity } = binaries.targets[target];
  const archive = join(cache, `${target}-${binaries.version}.tgz`);
  if (!existsSync(archive) || !hasIntegrity(archive, integrity)) {
    download(`${name}@${binaries.version}`, integrity, archive, cache);
  }
  return { name, version: binaries.version, archive };
}

export function unpack({ name, archive }: LlamaBinary, modules: string): void {
  const folder = join(modules, name);
  mkdirSync(folder, { recursive: true });
  // Import libraries are for linking; a README says what the manifest says.
  run("tar", [
    "-xzf",
    archive,
    "-C",
    folder,
    "--strip-components=1",
    "--exclude=*.lib",
    "--exclude=README.md",
  ]);
}

export function hasIntegrity(file: string, integrity: string): boolean {
  return integrity === `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;
}

function download(spec: string, integrity: string, archive: string, cache: string): void {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "fetch-"));
  try {
    run("npm", ["pack", spec, "--silent", "--prefer-offline", "--pack-destination", folder]);
    const [file] = readdirSync(folder);
    if (!file) throw new Error(`npm pack wrote no ${spec}`);
    if (!hasIntegrity(join(folder, file), integrity)) {
      throw new Error(`${spec} is not what binaries.json says: its SHA-512 differs`);
    }
    renameSync(join(folder, file), archive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function cacheFolder(): string {
  const chosen = process.env["HEARTH_PACKAGE_CACHE"];
  return chosen || join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "hearth-package");
}

function run(command: string, args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stderr}`);
}
