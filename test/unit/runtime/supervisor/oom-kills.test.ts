/** Whether the kernel has ended a process for lack of memory, by the counts that it keeps. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killedForMemory, oomKills } from "../../../../server/runtime/supervisor/oom-kills.ts";
import { describeNeeds, procFs } from "../../../support/needs.ts";

describeNeeds(procFs, "a process that the kernel ends for lack of memory", () => {
  const folder = mkdtempSync(join(tmpdir(), "hearth-kernel-"));
  after(() => rmSync(folder, { recursive: true }));
  const places = { proc: join(folder, "proc"), cgroup: join(folder, "cgroup") };
  const group = join(places.cgroup, "user.slice/app.scope");
  before(() => {
    mkdirSync(join(places.proc, "self"), { recursive: true });
    mkdirSync(group, { recursive: true });
    writeFileSync(join(places.proc, "self/cgroup"), "0::/user.slice/app.scope\n");
    writeFileSync(join(places.proc, "vmstat"), "pgfault 12\noom_kill 7\n");
  });

  it("is counted for its group, or for all where the group has no count", async () => {
    assert.equal(await oomKills(places), 7);
    writeFileSync(join(group, "memory.events"), "oom 3\noom_kill 2\noom_group_kill 0\n");
    assert.equal(await oomKills(places), 2);
  });

  it("died of it where the count has risen; a kill by anybody else is a kill", async () => {
    const died = { name: "llama.cpp", signal: "SIGKILL" } as const;
    assert.equal((await killedForMemory(died, 1, places))?.code, "out-of-memory");
    assert.equal(await killedForMemory(died, 2, places), undefined);
    assert.equal(await killedForMemory({ ...died, signal: "SIGSEGV" }, 1, places), undefined);
  });

  it("is never seen where nobody counts", async () => {
    assert.equal(await oomKills({ proc: join(folder, "none"), cgroup: join(folder, "none") }), 0);
  });
});
