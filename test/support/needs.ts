/** Tests that not every machine can run: one that is skipped says in its title what it needs. */

import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { type AsyncFunc, describe, type Func, it, type Suite } from "mocha";

export interface Need {
  readonly what: string;
  readonly met: boolean;
}

export const posix: Need = {
  what: "a system with POSIX file modes and named pipes",
  met: process.platform !== "win32",
};
export const procFs: Need = { what: "the /proc of Linux", met: process.platform === "linux" };
export const fullDisk: Need = {
  what: "/dev/full",
  met: statSync("/dev/full", { throwIfNoEntry: false })?.isCharacterDevice() ?? false,
};
/** Root reads what its mode forbids. */
export const boundByModes: Need = {
  what: "a user whom file modes bind",
  met: posix.met && process.getuid?.() !== 0,
};
export const root: Need = { what: "the rights of root", met: process.getuid?.() === 0 };

/** A program that answers to `--version`. */
export function program(name: string): Need {
  return { what: `${name} on the PATH`, met: spawnSync(name, ["--version"]).error === undefined };
}

export function itNeeds(need: Need, title: string, test: Func | AsyncFunc): void {
  if (need.met) it(title, test);
  else it.skip(titleOfSkipped(title, need), test);
}

export function describeNeeds(need: Need, title: string, tests: (this: Suite) => void): void {
  if (need.met) describe(title, tests);
  else describe.skip(titleOfSkipped(title, need), tests);
}

export function titleOfSkipped(title: string, { what }: Need): string {
  return `${title} (skipped: needs ${what})`;
}
