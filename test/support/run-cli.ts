/** Runs the command line as a person's shell would, in a process of its own. */

import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { entryPoint } from "../../server/entries.ts";
import { alone } from "./alone.ts";

export interface CliRun {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** Sent at its first words on standard error; standard input stays open until then. */
  readonly interrupt?: NodeJS.Signals;
}

export interface CliEnd {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runCli({ args, cwd, env = {}, stdin, interrupt }: CliRun): Promise<CliEnd> {
  const child = spawn(process.execPath, [entryPoint("cli"), ...args], {
    cwd,
    env: { PATH: process.env["PATH"], LANG: "C", NO_COLOR: "1", ...alone, ...env },
  });
  child.stdin.on("error", () => child.stdin.destroy());
  if (interrupt) child.stderr.once("data", () => child.kill(interrupt));
  else child.stdin.end(stdin);
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once("exit", resolve)),
  ]);
  return { status, stdout, stderr };
}
