/**
 * Everything that is wrong with the code and can be seen without running it: types, lint, format, unused
 * code, layers. All of them run even when one fails. `--fix` mends what can be mended; names select.
 */

import { spawnSync } from "node:child_process";

interface Check {
  readonly name: string;
  readonly command: readonly string[];
  readonly fix?: readonly string[];
}

const checks: readonly Check[] = [
  { name: "types", command: ["tsc", "-p", "tsconfig.node.json"] },
  { name: "types", command: ["tsc", "-p", "tsconfig.media.json"] },
  {
    name: "lint",
    command: ["oxlint", "--type-aware", "--deny-warnings"],
    fix: ["oxlint", "--type-aware", "--fix"],
  },
  {
    name: "format",
    command: ["biome", "ci", "--error-on-warnings", ...(process.stdout.isTTY ? [] : ["--colors=off"])],
    fix: ["biome", "check", "--write"],
  },
  { name: "unused", command: ["knip", "--no-progress", "--treat-config-hints-as-errors"] },
  { name: "tidy", command: ["mocha", "test/tidy.test.ts"] },
];

const fixing = process.argv.includes("--fix");
const only = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const unknown = only.filter((name) => checks.every((check) => check.name !== name));
if (unknown.length > 0) throw new Error(`no such check: ${unknown.join(", ")}`);

const failed = checks
  .filter(({ name }) => only.length === 0 || only.includes(name))
  .filter((check) => !passes(check))
  .map(({ name }) => name);
if (failed.length > 0) {
  console.error(`failed: ${failed.join(", ")}`);
  process.exitCode = 1;
}

function passes({ name, command, fix }: Check): boolean {
  const started = performance.now();
  const [tool = "", ...args] = fixing && fix ? fix : command;
  const { status, error } = spawnSync(tool, args, { stdio: "inherit", shell: process.platform === "win32" });
  if (error) throw error;
  console.log(
    `${status === 0 ? "ok    " : "FAILED"} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`,
  );
  return status === 0;
}
