/** Runs the programs of a setup, whose output is seen on standard error, and says what it does there. */

import { spawnSync } from "node:child_process";

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Throws when it cannot be started or fails. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): void {
  const done = spawnSync(command, args, { ...options, stdio: ["ignore", 2, 2] });
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`${command} ${args[0] ?? ""} ended with status ${done.status}`);
}

/** What it writes, whatever its status; undefined when there is no such program. */
export function runQuietly(command: string, args: readonly string[]): string | undefined {
  const done = spawnSync(command, args, { encoding: "utf8" });
  return done.error ? undefined : done.stdout;
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
