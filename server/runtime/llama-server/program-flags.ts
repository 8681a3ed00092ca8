/** Which flags a build of llama-server takes: they drift from build to build, so it is asked. */

import { execFile } from "node:child_process";
import { RuntimeError } from "../../model/runtime-error.ts";
import { canRun } from "../discovery/find-program.ts";
import { cleanEnvironment } from "../environment.ts";
import { endCause } from "../supervisor/output-causes.ts";

export type ProgramFlags = ReadonlySet<string>;

/** A build with GPUs looks for them first. */
const patienceMs = 30_000;
const mostBytes = 4 * 1024 * 1024;

/** The names of flags in what `--help` says. */
export function flagsIn(help: string): ProgramFlags {
  return new Set(help.match(/(?<=^|[\s,(])--?[a-zA-Z][\w-]*|LLAMA_API_KEY/gm) ?? []);
}

/** Rejects with a RuntimeError when the program is not there or cannot say what it takes. */
export async function readFlags(path: string): Promise<ProgramFlags> {
  if (!(await canRun(path))) throw missing(path);
  const options = { env: cleanEnvironment(), timeout: patienceMs, maxBuffer: mostBytes, windowsHide: true };
  const { output, code, signal } = await new Promise<Said>((resolve) => {
    const child = execFile(path, ["--help"], options, (error, stdout, stderr) => {
      const said = error && !child.pid ? error.message : stdout + stderr;
      resolve({ output: said, code: child.exitCode, signal: child.signalCode });
    });
  });
  const flags = flagsIn(output);
  if (flags.has("--model") && flags.has("--port")) return flags;
  if (code === 0) throw notOne(path);
  throw endCause({ name: "llama-server", output, code, signal }).error;
}

interface Said {
  readonly output: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function missing(path: string): RuntimeError {
  return new RuntimeError("runtime-down", "There is no program {0}.", {
    values: [path],
    mend: "Name the program in runtimes.llamaServer.path, or set roles.complete to auto.",
  });
}

function notOne(path: string): RuntimeError {
  return new RuntimeError("runtime-down", "{0} is not llama-server.", {
    values: [path],
    mend: "Name the program in runtimes.llamaServer.path, or set roles.complete to auto.",
  });
}
