/** The names and licences of the packages whose code is inside the bundles, as their licences ask for. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageOf } from "./llama-files.ts";

/** Reads what the build wrote into `dist/meta`. */
export function notices(root: string): string {
  const meta = join(root, "dist", "meta");
  const inputs = readdirSync(meta).flatMap((name) => inputsOf(readFileSync(join(meta, name), "utf8")));
  const packages = [...new Set(inputs.filter((path) => path.includes("node_modules/")).map(packageOf))];
  return packages
    .toSorted()
    .map((folder) => notice(join(root, folder)))
    .join("\n\n");
}

function inputsOf(metafile: string): readonly string[] {
  const { inputs } = JSON.parse(metafile) as { readonly inputs: Readonly<Record<string, unknown>> };
  return Object.keys(inputs);
}

function notice(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : "";
  return `${name} ${version} (${license ?? "see its licence"})\n\n${text}`.trim();
}
