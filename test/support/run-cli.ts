/** Runs the command line as a person's shell would, in a process of its own. */

import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { entryPoint } from "../../server/entries.ts";

export interface CliRun {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** Called once standard input waits, with a way to send a signal; standard input stays open. */
  readonly during?: (kill: (signal: NodeJS.Signals) => void) => void;
}

export interface CliEnd {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runCli({ args, cwd, env = {}, stdin, during }: CliRun): Promise<CliEnd> {
  const child = spawn(process.execPath, [entryPoint("cli"), ...args], {
    cwd,
    env: { PATH: process.env["PATH"], LANG: "C", NO_COLOR: "1", ...env },
  });
  child.stdin.on("error", () => child.stdin.destroy());
  if (during) child.once("spawn", () => during((signal) => child.kill(signal)));
  else child.stdin.end(stdin);
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once("exit", resolve)),
  ]);
  return { status, stdout, stderr };
}
