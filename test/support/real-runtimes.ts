/** Real runtimes that tests may start: named in the environment, or on the PATH. How to get them: test/runtime/real.md. */

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Need } from "./needs.ts";

export interface RealRuntime {
  readonly path: string;
  readonly need: Need;
}

export const realLlamaServer: RealRuntime = find("LLAMA_SERVER_BIN", "llama-server");
export const realOllama: RealRuntime = find("OLLAMA_BIN", "ollama");

/** What is named and cannot be run is an error: whoever named it wants it tested. */
function find(variable: string, name: string): RealRuntime {
  const need = { what: `a real ${name} (in ${variable} or on the PATH)`, met: true };
  const named = process.env[variable];
  if (named) {
    accessSync(named, constants.X_OK);
    return { path: named, need };
  }
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const path = folders.map((folder) => join(folder, name)).find(canRun);
  return path === undefined ? { path: "", need: { ...need, met: false } } : { path, need };
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
