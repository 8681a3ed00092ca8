/** Makes the VSIX of a target in a folder of its own, and writes the same bytes for the same files. */

import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { listFiles, PackageManager } from "@vscode/vsce";
import { copyFiles } from "./copy-files.ts";
import { fetchLlama, type Target, unpack } from "./llama-binary.ts";
import { llamaFiles } from "./llama-files.ts";
import { notices } from "./notices.ts";
import { standaloneReadme } from "./readme.ts";

/** vsce takes it as the time of every file and then sorts them; a ZIP holds local times. */
const epoch = { SOURCE_DATE_EPOCH: "1767225600", TZ: "UTC" };

/** What a manifest says to the checkout alone. */
const development = [
  "private",
  "scripts",
  "bin",
  "dependencies",
  "devDependencies",
  "overrides",
  "allowScripts",
] as const;

/** Run by their names; everything else in the archive is read. */
const programs: ReadonlySet<string> = new Set(["dist/cli.js", "dist/server.js"]);

export interface VsixOptions {
  readonly root: string;
  readonly target: Target;
  /** A folder for the VSIX's files, emptied first and left behind. */
  readonly stage: string;
  readonly file: string;
}

export async function makeVsix({ root, target, stage, file }: VsixOptions): Promise<void> {
  rmSync(stage, { recursive: true, force: true });
  copyFiles(await listFiles({ cwd: root, packageManager: PackageManager.None }), root, stage);
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, unknown>;
  for (const key of development) delete manifest[key];
  writeFileSync(join(stage, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(stage, "NOTICES.txt"), `${notices(root)}\n`);
  const readme = join(stage, "README.md");
  if (existsSync(readme)) writeFileSync(readme, standaloneReadme(readFileSync(readme, "utf8")));
  // Everything in this folder was chosen already.
  writeFileSync(join(stage, ".vscodeignore"), "");
  // Inside dist/, where the child's import finds it; vsce leaves a node_modules beside the manifest out.
  copyFiles(await llamaFiles(root), root, join(stage, "dist"));
  unpack(fetchLlama(target), join(stage, "dist", "node_modules"));
  writeVsix({ stage, target, file });
}

export function writeVsix({ stage, target, file }: Omit<VsixOptions, "root">): void {
  levelModes(stage);
  mkdirSync(dirname(file), { recursive: true });
  const options = ["--no-dependencies", "--allow-missing-repository", "--no-rewrite-relative-links"];
  const { status, error, stderr } = spawnSync(
    "vsce",
    ["package", ...options, "--target", target, "--out", file],
    {
      cwd: stage,
      env: { ...process.env, ...epoch },
      encoding: "utf8",
      shell: process.platform === "win32",
    },
  );
  if (error) throw error;
  if (status !== 0) throw new Error(`vsce failed:\n${stderr}`);
}

/** Whoever builds, and with whatever umask, the archive says the same. */
function levelModes(stage: string): void {
  for (const entry of readdirSync(stage, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const runs = entry.isDirectory() || programs.has(relative(stage, path).replaceAll("\\", "/"));
    chmodSync(path, runs ? 0o755 : 0o644);
  }
}
