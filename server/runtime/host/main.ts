/**
 * The runtime host's process: one per person and HEARTH_HOME. Prints `ready` or `taken`, and then belongs to
 * no one; it ends when its clients have been gone for a while, and its models end with it.
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { llamaBuilds } from "../../backends.ts";
import { systemClock } from "../../base/clock.ts";
import { tryLock } from "../../base/file-lock.ts";
import type { Logger } from "../../base/log.ts";
import { memoryNow } from "../discovery/memory-now.ts";
import { Supervisor } from "../supervisor/supervisor.ts";
import { hostAddress } from "./address.ts";
import { Host } from "./host.ts";
import { ladderMemory } from "./ladder-memory.ts";
import { loadMeasurements } from "./load-measurements.ts";

const { values } = parseArgs({
  options: { home: { type: "string" }, child: { type: "string" }, "idle-ms": { type: "string" } },
});
if (values.home === undefined || values.child === undefined) {
  process.stderr.write("The runtime host is started by Hearth: it wants --home and --child.\n");
  process.exit(2);
}

const log: Logger = {
  log: (level, message) => process.stderr.write(`${new Date().toISOString()} ${level} ${message}\n`),
};
// The log may be on a full disk, and the one who started us may be gone: neither is a reason to end.
process.stderr.on("error", () => process.stderr.destroy());
process.stdout.on("error", () => process.stdout.destroy());

const address = await hostAddress(values.home);
const lock = tryLock(address.lockFile);
if (!lock) {
  process.stdout.write("taken\n");
} else {
  const supervisor = await Supervisor.create({ home: values.home, clock: systemClock, log });
  const host = new Host({
    address,
    childEntry: values.child,
    clock: systemClock,
    idleMs: Number(values["idle-ms"] ?? 30_000),
    log,
    ladder: {
      memory: ladderMemory(join(values.home, "run", "memory.json"), log),
      circumstances: (signal) => memoryNow(signal),
    },
    builds: llamaBuilds(values.home),
    loads: loadMeasurements({ home: values.home, log, now: Date.now }),
    supervisor,
    onIdle: () => end(),
  });
  const end = () => {
    host.dispose();
    lock.dispose();
    process.exit(0);
  };
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  process.once("SIGHUP", end);
  await host.listen();
  process.stdout.write("ready\n");
}
