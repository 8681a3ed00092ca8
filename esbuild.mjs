/**
 * Bundles the extension, its pages, and the language server with its helper programs, into `dist/`. The programs
 * share chunks, and what they load on demand is a chunk of its own. `--sourcemap` keeps maps beside them, for a
 * debugger.
 */

import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import process from "node:process";
import { build } from "esbuild";

/** The client and the server together, in bytes: what an editor reads before the first completion. */
const budget = 1.5e6;

const programs = {
  server: "server/main.ts",
  host: "server/runtime/host/main.ts",
  child: "server/runtime/embedded/child.ts",
  probe: "server/runtime/discovery/probe.ts",
  "index-worker": "server/index/worker.ts",
  cli: "server/cli/main.ts",
};

/** Those that a shell starts. */
const executables = ["server", "cli"];

const shared = {
  outdir: "dist",
  bundle: true,
  platform: "node",
  target: "node22",
  // The packages' ES modules where they have them: their UMD forms hide `require` from a bundler.
  mainFields: ["module", "main"],
  external: ["vscode", "node-llama-cpp"],
  minify: true,
  sourcemap: process.argv.includes("--sourcemap") ? "linked" : false,
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
};

mkdirSync("dist/meta", { recursive: true });
const [client, pages, server] = await Promise.all([
  build({
    ...shared,
    entryPoints: { extension: "src/extension.ts" },
    format: "cjs",
    outExtension: { ".js": ".cjs" },
  }),
  build({
    ...shared,
    entryPoints: [
      { in: "media/pages/page.ts", out: "page" },
      { in: "media/pages/page.css", out: "page" },
    ],
    format: "iife",
    platform: "browser",
    target: "chrome138",
    loader: { ".ttf": "file" },
    assetNames: "[name]",
  }),
  build({
    ...shared,
    entryPoints: programs,
    format: "esm",
    splitting: true,
    chunkNames: "chunk-[hash]",
    // CommonJS packages inside an ES module ask for Node's own modules with `require`, which it lacks.
    banner: { js: `import{createRequire as __r}from"node:module";const require=__r(import.meta.url);` },
  }),
]);
for (const name of executables) chmodSync(`dist/${name}.js`, 0o755);
writeFileSync("dist/meta/client.json", JSON.stringify(client.metafile));
writeFileSync("dist/meta/pages.json", JSON.stringify(pages.metafile));
writeFileSync("dist/meta/server.json", JSON.stringify(server.metafile));
removeOthers();

const sizes = Object.keys(programs).map((name) => [name, loadedBytes(server.metafile, `dist/${name}.js`)]);
sizes.unshift(["extension", loadedBytes(client.metafile, "dist/extension.cjs")]);
console.log(sizes.map(([name, bytes]) => `${name} ${kilobytes(bytes)}`).join(", "));
const { extension, server: serverBytes } = Object.fromEntries(sizes);
console.log(`client and server: ${kilobytes(extension + serverBytes)} of ${kilobytes(budget)}`);
if (extension + serverBytes > budget) {
  console.error("The client and the server are larger than their budget; dist/meta/*.json says why.");
  process.exitCode = 1;
}

/** What a program reads at its start: its own file and the chunks that it imports, without those on demand. */
function loadedBytes({ outputs }, entry) {
  const loaded = new Set([entry]);
  for (const path of loaded) {
    for (const imported of outputs[path].imports) {
      if (imported.kind === "import-statement" && !imported.external) loaded.add(imported.path);
    }
  }
  return [...loaded].reduce((sum, path) => sum + outputs[path].bytes, 0);
}

/** What an earlier build left. Not emptied first, because a running server may read its files. */
function removeOthers() {
  const made = [client, pages, server].flatMap(({ metafile }) => Object.keys(metafile.outputs));
  const kept = new Set(["meta", ...made.map((path) => basename(path))]);
  for (const name of readdirSync("dist").filter((found) => !kept.has(found))) {
    rmSync(`dist/${name}`, { recursive: true });
  }
  for (const name of readdirSync("dist/meta").filter(
    (found) => !/^(?:client|pages|server)\.json$/u.test(found),
  )) {
    rmSync(`dist/meta/${name}`);
  }
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(0)} kB`;
}
