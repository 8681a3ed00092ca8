/**
 * Which files of node-llama-cpp and of its dependencies run: those that its entry reaches by imports, with
 * each package's manifest and licence. Its command line, its sources to compile and its 34 MB bundle stay out.
 */

import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const entry = "node_modules/node-llama-cpp/dist/index.js";

/** What it reads beside its modules: the release that its binaries are of, and its ready grammars. */
const data = ["llama/binariesGithubRelease.json", "llama/llama.cpp.info.json", "llama/grammars"];

/** Paths from `root`, all under `node_modules/`, in a stable order. */
export async function llamaFiles(root: string): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    outdir: "unused",
    platform: "node",
    format: "esm",
    // As Node itself resolves; what is native comes from the target's own package, or is optional.
    mainFields: ["main"],
    external: ["@node-llama-cpp/*", "@reflink/*"],
    metafile: true,
    logLevel: "error",
  });
  const modules = Object.keys(metafile.inputs);
  const beside = [...new Set(modules.flatMap(foldersOf))].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name === "package.json" || /^(licen[cs]e|notice)/i.test(name))
      .map((name) => `${folder}/${name}`),
  );
  const read = data.map((name) => `${dirname(dirname(entry))}/${name}`);
  const missing = read.filter((path) => !existsSync(join(root, path)));
  if (missing.length > 0) throw new Error(`node-llama-cpp has no ${missing.join(", ")}`);
  return [...new Set([...modules, ...beside, ...read])].toSorted();
}

/** The folder of the package that a file under `node_modules/` belongs to. */
export function packageOf(file: string): string {
  const match = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file);
  if (!match) throw new Error(`${file} is not in a package`);
  return match[0];
}

/** From a module's own folder up to its package's: any of them may hold a manifest that says its type. */
function foldersOf(file: string): readonly string[] {
  const top = packageOf(file);
  const folders: string[] = [];
  for (let folder = dirname(file); folder.length >= top.length; folder = dirname(folder))
    folders.push(folder);
  return folders;
}
