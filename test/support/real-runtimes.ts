/** Real runtimes that tests may start: named in the environment, or on the PATH. How to get them: test/runtime/real.md. */

import { accessSync, constants } from "node:fs";
import { findProgram } from "../../server/runtime/discovery/find-program.ts";
import type { Need } from "./needs.ts";

export interface RealRuntime {
  readonly path: string;
  readonly need: Need;
}

export const realLlamaServer: RealRuntime = await find("LLAMA_SERVER_BIN", "llama-server");
export const realOllama: RealRuntime = await find("OLLAMA_BIN", "ollama");

/** What is named and cannot be run is an error: whoever named it wants it tested. */
async function find(variable: string, name: string): Promise<RealRuntime> {
  const need = { what: `a real ${name} (in ${variable} or on the PATH)`, met: true };
  const named = process.env[variable];
  if (named) {
    accessSync(named, constants.X_OK);
    return { path: named, need };
  }
  const path = await findProgram(name, process.env["PATH"] ?? "");
  return path === undefined ? { path: "", need: { ...need, met: false } } : { path, need };
}
