/**
 * Makes `hearth-cli`, an npm package of the language server and the command line for servers and other
 * editors. It holds node-llama-cpp as the VSIX does; npm adds the binary of the machine it is installed on.
 */

import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { oldestNode } from "../../server/base/node-versions.ts";
import binaries from "../../server/runtime/embedded/binaries.json" with { type: "json" };
import { copyFiles } from "./copy-files.ts";
import { llamaFiles } from "./llama-files.ts";
import { notices } from "./notices.ts";

/** The file that it wrote. npm gives every file in it one fixed time. */
export async function makeCliPackage(root: string, stage: string, out: string): Promise<string> {
  rmSync(stage, { recursive: true, force: true });
  const programs = globSync("dist/*.js", { cwd: root }).filter((path) => !path.endsWith("page.js"));
  copyFiles([...programs, "l10n", "LICENSE"], root, stage);
  copyFiles(await llamaFiles(root), root, join(stage, "dist"));
  writeFileSync(join(stage, "NOTICES.txt"), `${notices(root)}\n`);
  writeFileSync(join(stage, "package.json"), `${JSON.stringify(manifest(root), null, 2)}\n`);
  mkdirSync(out, { recursive: true });
  const { status, stdout, stderr } = spawnSync("npm", ["pack", "--json", "--pack-destination", out], {
    cwd: stage,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`npm pack failed:\n${stderr}`);
  const [packed] = JSON.parse(stdout) as readonly { readonly filename: string }[];
  if (!packed) throw new Error("npm pack wrote nothing");
  return join(out, packed.filename);
}

function manifest(root: string): object {
  const { version, license, bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly version: string;
    readonly license: string;
    readonly bin: object;
  };
  const llama = Object.values(binaries.targets).map(({ package: name }) => [name, binaries.version]);
  return {
    name: "hearth-cli",
    version,
    description: "Local code completion: the language server and the command line of Hearth",
    license,
    type: "module",
    bin,
    files: ["dist", "l10n", "NOTICES.txt"],
    engines: { node: `>=${oldestNode}` },
    optionalDependencies: Object.fromEntries(llama),
  };
}
