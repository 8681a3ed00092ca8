/**
 * Writes what people install into `out/`: one VSIX per target with that target's llama.cpp inside, and the
 * npm package `hearth-cli`. `--target T` makes the VSIX of one target alone, `--verify` makes everything
 * twice and compares the bytes, `--install` makes this machine's VSIX and puts it into its VS Code.
 */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeCliPackage } from "./packaging/cli-package.ts";
import { type Target, targets } from "./packaging/llama-binary.ts";
import { makeVsix } from "./packaging/vsix.ts";

/** For linux-x64; the others are near it. */
const mostBytes = 25e6;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };

const { values } = parseArgs({
  options: {
    target: { type: "string", multiple: true, default: [] },
    verify: { type: "boolean", default: false },
    install: { type: "boolean", default: false },
  },
});
const asked = values.install ? [thisMachine()] : values.target.map(asTarget);

const made = await make(join(root, "out"));
for (const file of made) {
  console.log(`${megabytes(statSync(file).size).padStart(8)}  ${hash(file).slice(0, 16)}  ${basename(file)}`);
}
const heavy = made.filter((file) => file.includes("linux-x64") && statSync(file).size > mostBytes);
if (heavy.length > 0) throw new Error(`${heavy.join(", ")} is over ${megabytes(mostBytes)}`);
if (values.verify) await verify(made);
if (values.install) install(made);

async function make(out: string): Promise<readonly string[]> {
  const stage = mkdtempSync(join(tmpdir(), "hearth-package-"));
  try {
    run("node", ["esbuild.mjs"]);
    mkdirSync(out, { recursive: true });
    const files: string[] = [];
    for (const target of asked.length > 0 ? asked : targets) {
      const file = join(out, `hearth-${target}-${version}.vsix`);
      await makeVsix({ root, target, stage: join(stage, target), file });
      files.push(file);
    }
    return asked.length > 0 ? files : [...files, await makeCliPackage(root, join(stage, "cli"), out)];
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

async function verify(first: readonly string[]): Promise<void> {
  const again = mkdtempSync(join(tmpdir(), "hearth-verify-"));
  try {
    const second = await make(again);
    const differing = first.filter((file, index) => hash(file) !== hash(second[index] ?? file));
    if (differing.length > 0 || second.length !== first.length) {
      throw new Error(`a second build gave other bytes: ${differing.join(", ")}`);
    }
    console.log(`a second build gave the same bytes, ${first.length} of ${first.length}`);
  } finally {
    rmSync(again, { recursive: true, force: true });
  }
}

function install([file]: readonly string[]): void {
  if (!file) return;
  const { status } = spawnSync("code", ["--version"], { shell: process.platform === "win32" });
  if (status !== 0) {
    console.log(
      `\nThe command code does not answer here. In VS Code: Extensions, ⋯, Install from VSIX…, ${file}`,
    );
    return;
  }
  run("code", ["--install-extension", file]);
}

function thisMachine(): Target {
  return asTarget(`${process.platform}-${process.arch}`);
}

function asTarget(name: string): Target {
  const target = targets.find((known) => known === name);
  if (!target) throw new Error(`no such target: ${name}. There are ${targets.join(", ")}.`);
  return target;
}

function run(command: string, args: readonly string[]): void {
  const options = { cwd: root, stdio: "inherit", shell: process.platform === "win32" } as const;
  const { status, error } = spawnSync(command, args, options);
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed`);
}

function hash(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
