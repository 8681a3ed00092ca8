/** Writes every file that is made from the code; `--check` writes nothing and fails when one differs. */

import { readFileSync, writeFileSync } from "node:fs";
import { generatedFiles } from "./generated-files.ts";

const checking = process.argv.includes("--check");
const stale = [...generatedFiles()].filter(([path, text]) => readIfThere(path) !== text);
for (const [path, text] of stale) {
  console.log(`${checking ? "stale" : "wrote"} ${path}`);
  if (!checking) writeFileSync(fileOf(path), text);
}
if (checking && stale.length > 0) process.exitCode = 1;

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(fileOf(path), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function fileOf(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}
