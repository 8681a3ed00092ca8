/**
 * Runs the benches and lets each print: all of `bench/*.ts` that export nothing, or those named
 * (`npm run bench -- ngram`). What begins with a dash goes to the bench.
 */

import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";

const known = globSync("bench/*.ts")
  .filter((path) => !/^export /m.test(readFileSync(path, "utf8")))
  .map((path) => basename(path, ".ts"))
  .toSorted();
const words = process.argv.slice(2);
const flagsAt = words.findIndex((word) => word.startsWith("-"));
const names = flagsAt < 0 ? words : words.slice(0, flagsAt);
const flags = flagsAt < 0 ? [] : words.slice(flagsAt);
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0)
  throw new Error(`no such bench: ${unknown.join(", ")}. There are ${known.join(", ")}.`);

for (const name of names.length > 0 ? names : known) {
  console.log(`\n${name}`);
  const started = performance.now();
  const { status } = spawnSync(process.execPath, [`bench/${name}.ts`, ...flags], { stdio: "inherit" });
  console.log(`${name} took ${((performance.now() - started) / 1000).toFixed(1)} s`);
  if (status !== 0) process.exitCode = 1;
}
