/** Reads what `witness.mjs` wrote: which programs of Hearth ran, and which addresses they asked for. */

import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

export interface Witnessed {
  /** Names of the programs that ran, such as `server.js`. */
  readonly programs: readonly string[];
  /** Addresses beyond this machine. */
  readonly strangers: readonly string[];
}

/** What a process needs in its environment to be watched. */
export function witnessEnvironment(file: string): Readonly<Record<string, string>> {
  const module = pathToFileURL(join(import.meta.dirname, "witness.mjs")).href;
  return { HEARTH_WITNESS: file, NODE_OPTIONS: `--import=${module}` };
}

/** Rows of programs below `folder`. */
export function witnessed(file: string, folder: string): Witnessed {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
  const rows = lines.map((line) => JSON.parse(line) as { program: string; to?: string });
  const ours = rows.filter(({ program }) => program.startsWith(folder));
  const addresses = ours.flatMap(({ to }) => (to === undefined ? [] : [to]));
  return {
    programs: [...new Set(ours.map(({ program }) => basename(program)))].toSorted(),
    strangers: [...new Set(addresses)].filter((address) => !isLoopback(address)),
  };
}

function isLoopback(address: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|::1|port \d+)$/.test(address);
}
