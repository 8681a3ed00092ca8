/**
 * Bundles the extension, the language server and their helper programs into `dist/`, each file complete in
 * itself, and holds the bundles to their size. `--sourcemap` keeps maps beside them, for a debugger.
 */

import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { build } from "esbuild";

/** The client and the server together, in bytes: what an editor reads before the first completion. */
const budget = 1.5e6;

const entries = [
  { name: "extension.cjs", source: "src/extension.ts", loaded: true },
  { name: "server.js", source: "server/main.ts", loaded: true, program: true },
  { name: "host.js", source: "server/runtime/host/main.ts" },
  { name: "child.js", source: "server/runtime/embedded/child.ts" },
  { name: "probe.js", source: "server/runtime/discovery/probe.ts" },
  { name: "index-worker.js", source: "server/index/worker.ts" },
  { name: "cli.js", source: "server/cli/main.ts", program: true },
];

mkdirSync("dist/meta", { recursive: true });
const sizes = await Promise.all(entries.map(bundle));
removeOthers();
console.log(sizes.map(({ name, bytes }) => `${name} ${kilobytes(bytes)}`).join(", "));

const total = sizes.filter(({ loaded }) => loaded).reduce((sum, { bytes }) => sum + bytes, 0);
console.log(`client and server: ${kilobytes(total)} of ${kilobytes(budget)}`);
if (total > budget) {
  console.error("The client and the server are larger than their budget; dist/meta/*.json says why.");
  process.exitCode = 1;
}

async function bundle({ name, source, loaded, program }) {
  const commonjs = name.endsWith(".cjs");
  const outfile = `dist/${name}`;
  const { metafile } = await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: "node",
    target: "node22",
    format: commonjs ? "cjs" : "esm",
    // The packages' ES modules where they have them: their UMD forms hide `require` from a bundler.
    mainFields: ["module", "main"],
    external: ["vscode", "node-llama-cpp"],
    banner: { js: commonjs ? "" : moduleBanner({ program }) },
    minify: true,
    sourcemap: process.argv.includes("--sourcemap") ? "linked" : false,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  if (program) chmodSync(outfile, 0o755);
  writeFileSync(`dist/meta/${name}.json`, JSON.stringify(metafile));
  return { name, loaded, bytes: metafile.outputs[outfile].bytes };
}

/** What an earlier build left. Not emptied first, because a running server may read its files. */
function removeOthers() {
  const maps = process.argv.includes("--sourcemap") ? entries.map(({ name }) => `${name}.map`) : [];
  const made = new Set(["meta", ...entries.map(({ name }) => name), ...maps]);
  for (const name of readdirSync("dist").filter((found) => !made.has(found))) {
    rmSync(`dist/${name}`, { recursive: true });
  }
}

/** CommonJS packages inside an ES module ask for Node's own modules with `require`, which it lacks. */
function moduleBanner({ program }) {
  const require = `import{createRequire as __r}from"node:module";const require=__r(import.meta.url);`;
  return program ? `#!/usr/bin/env node\n${require}` : require;
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(0)} kB`;
}
