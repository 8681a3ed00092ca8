/** After a crash of the language server: how long until the next start, and when to stop trying. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { afterCrash } from "../../../src/client/restart-policy.ts";

const cases: readonly (readonly [name: string, crashes: readonly number[], next: number | "give-up"])[] = [
  ["the first restarts at once", [0], 0],
  ["the next ones wait longer", [0, 10], 500],
  ["and longer", [0, 10, 20], 2000],
  ["up to five seconds", [0, 10, 20, 30], 5000],
  ["the fifth in three minutes is the last", [0, 10, 20, 30, 40], "give-up"],
  ["crashes of long ago do not count", [0, 10, 20, 30, 500_000], 0],
];

describe("what follows a crash of the server", () => {
  for (const [name, crashes, next] of cases) {
    it(name, () => {
      const after = afterCrash(crashes, crashes.at(-1) ?? 0);
      assert.equal(after.kind === "restart" ? after.afterMs : after.kind, next);
    });
  }
});
