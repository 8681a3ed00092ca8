/**
 * Loaded before the tests: runs them again in a network namespace of their own, which holds the loopback and no way
 * out, where the system lets this user make one. The editor and the extension are set up before, which may fetch.
 */

import { spawnSync } from "node:child_process";
import type { Need } from "../../support/needs.ts";
import { setUp } from "./global-setup.ts";

const mark = "HEARTH_TEST_SEALED";
/** Root in it is this user outside. */
const namespace = ["-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"];

export const sealed: Need = {
  what: "a network namespace (`unshare -rn`, and `ip`)",
  met: process.env[mark] !== undefined,
};

if (!sealed.met && spawnSync("unshare", [...namespace, "true"]).status === 0) {
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const env = { ...process.env, ...setUp(), [mark]: "1" };
  const { status } = spawnSync("unshare", [...namespace, ...command], { stdio: "inherit", env });
  process.exit(status ?? 1);
}
