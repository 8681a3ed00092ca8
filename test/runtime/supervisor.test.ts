/** Programs kept alive: started once for all, again after a death, never after three, and gone with the last user. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../server/base/clock.ts";
import { silentLogger } from "../../server/base/log.ts";
import { ProcessRecords } from "../../server/runtime/supervisor/process-records.ts";
import type { ProgramState } from "../../server/runtime/supervisor/program.ts";
import { Supervisor } from "../../server/runtime/supervisor/supervisor.ts";
import { gone } from "../support/host-fixture.ts";
import { itNeeds, posix } from "../support/needs.ts";
import { runsOf, type StandInOptions, standIn } from "../support/stand-in-program.ts";

describe("the supervisor", function () {
  this.timeout(60_000);
  let home = "";
  let supervisor: Supervisor;
  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), "hearth-supervisor-"));
    supervisor = await Supervisor.create({ home, clock: systemClock, log: silentLogger });
  });
  afterEach(async () => {
    supervisor.dispose();
    await Promise.all(runsOf(runs()).map((pid) => gone(pid)));
    rmSync(home, { recursive: true, force: true });
  });

  const runs = () => join(home, "runs");
  const records = () => new ProcessRecords(join(home, "run"));

  function use(options: Partial<StandInOptions> = {}) {
    const states: ProgramState[] = [];
    const lease = supervisor.use(standIn({ runs: runs(), ...options }), (state) => states.push(state));
    return Object.assign(lease, { states });
  }

  it("starts one process for all who mean the same, and ends it with the last of them", async () => {
    const [one, two] = [use(), use()];
    const [first, second] = await Promise.all([one.running(), two.running()]);
    assert.equal(first.pid, second.pid);
    one.dispose();
    assert.equal((await two.running()).pid, first.pid);
    two.dispose();
    await gone(first.pid);
    assert.deepEqual(runsOf(runs()), [first.pid]);
    await first.ended;
    assert.deepEqual(await records().list(), []);
  });

  itNeeds(posix, "keeps a record of each process that only its owner can read", async () => {
    const { pid, at } = await use().running();
    const [record] = await records().list();
    assert.deepEqual([record?.pid, record?.port, record?.key], [pid, at.port, at.key]);
    assert.equal(statSync(join(home, "run/processes", `${pid}.json`)).mode & 0o777, 0o600);
  });

  it("starts one that was killed again, as often as it was of use", async () => {
    const lease = use();
    const times: number[] = [];
    for (let round = 0; round < 20; round++) {
      const running = await lease.running();
      running.served();
      process.kill(running.pid, "SIGKILL");
      const killedAt = performance.now();
      await running.ended;
      const { pid } = await lease.running();
      times.push(performance.now() - killedAt);
      assert.notEqual(pid, running.pid);
    }
    assert.equal(runsOf(runs()).length, 21);
    assert.ok(Math.max(...times) < 2000, `the slowest took ${Math.max(...times)} ms`);
  });

  it("leaves one down that fails three times in a row, until someone asks by hand", async () => {
    const lease = use({ lastWords: ["a", "b", "fatal: no luck"] });
    await assert.rejects(lease.running(), {
      code: "runtime-down",
      message: "stand-in ended unexpectedly: fatal: no luck",
    });
    await assert.rejects(lease.running(), { code: "runtime-down" });
    lease.dispose();
    await assert.rejects(use().running(), { code: "runtime-down" }, "also for the next one");
    assert.equal(runsOf(runs()).length, 3);
    assert.equal(lease.states.at(-1)?.state, "down");
    supervisor.forgive();
    await use().running();
    assert.equal(runsOf(runs()).length, 4);
  });

  it("does not try again what cannot succeed", async () => {
    const lease = use({ lastWords: ["error: invalid argument: --nonsense"] });
    await assert.rejects(lease.running(), {
      code: "runtime-down",
      message: "stand-in does not know the option --nonsense.",
    });
    assert.equal(runsOf(runs()).length, 1);
  });

  it("takes another port where the one is taken, and no stranger for its own", async () => {
    const asked: string[] = [];
    const stranger = createServer((request, response) => {
      asked.push(request.headers.authorization ?? "");
      response.end("ok");
    });
    await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
    try {
      const address = stranger.address();
      const port = typeof address === "object" ? (address?.port ?? 0) : 0;
      const { at } = await use({ port }).running();
      assert.notEqual(at.port, port);
    } finally {
      stranger.close();
    }
  });
});
