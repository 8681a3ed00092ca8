/** Watches the programs of an installed extension, and reads which of them ran and whom they asked. */

import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

export interface Witnessed {
  /** Names of the programs that ran, such as `server.js`. */
  readonly programs: readonly string[];
  /** Addresses beyond this machine. */
  readonly strangers: readonly string[];
}

export const witnessModule = pathToFileURL(join(import.meta.dirname, "witness.mjs")).href;

/**
 * Puts the witness in front of every program of the extension below `extensions`. The editor takes
 * `NODE_OPTIONS` from its extensions' environment, so it cannot come that way.
 */
export function watchPrograms(extensions: string): void {
  for (const path of globSync("hearth.hearth-*/dist/*.{js,cjs}", { cwd: extensions })) {
    const file = join(extensions, path);
    const [first = "", ...rest] = readFileSync(file, "utf8").split("\n");
    const name = JSON.stringify(basename(path));
    const call = file.endsWith(".cjs")
      ? `require(${JSON.stringify(new URL(witnessModule).pathname)}).watch(${name});`
      : `import { watch as __watch } from ${JSON.stringify(witnessModule)}; __watch(${name});`;
    const lines = first.startsWith("#!") ? [first, call, ...rest] : [call, first, ...rest];
    writeFileSync(file, lines.join("\n"));
  }
}

export function witnessed(file: string): Witnessed {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
  const rows = lines.map((line) => JSON.parse(line) as { program: string; to?: string });
  const addresses = rows.flatMap(({ to }) => (to === undefined ? [] : [to]));
  return {
    programs: [...new Set(rows.map(({ program }) => program))].toSorted(),
    strangers: [...new Set(addresses)].filter((address) => !isLoopback(address)),
  };
}

function isLoopback(address: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|::1|port \d+)$/.test(address);
}
