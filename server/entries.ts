/** Where the programs of the server lie: as `.ts` in the checkout, as bundles beside this one in `dist/`. */

import { fileURLToPath } from "node:url";

const sources = {
  server: "./main.ts",
  cli: "./cli/main.ts",
  host: "./runtime/host/main.ts",
  child: "./runtime/embedded/child.ts",
  probe: "./runtime/discovery/probe.ts",
  "index-worker": "./index/worker.ts",
} as const;

export type EntryName = keyof typeof sources;

export function entryPoint(name: EntryName): string {
  const fromSource = import.meta.url.endsWith(".ts");
  return fileURLToPath(new URL(fromSource ? sources[name] : `./${name}.js`, import.meta.url));
}

/** The folder of the bundles of words, which lies beside both `server/` and `dist/`. */
export function wordsFolder(): string {
  return fileURLToPath(new URL("../l10n", import.meta.url));
}

/** The package's manifest, which names the version. */
export function packageFile(): string {
  return fileURLToPath(new URL("../package.json", import.meta.url));
}
