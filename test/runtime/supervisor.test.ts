/** Programs kept alive: started once for all, again after a death, never after three, and gone with the last user. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "../../server/base/clock.ts";
import { silentLogger } from "../../server/base/log.ts";
import { identityOf } from "../../server/runtime/supervisor/process-identity.ts";
import { type ProcessRecord, ProcessRecords } from "../../server/runtime/supervisor/process-records.ts";
import type { Program, ProgramAddress, ProgramState } from "../../server/runtime/supervisor/program.ts";
import { Supervisor } from "../../server/runtime/supervisor/supervisor.ts";
import { gone, isAlive } from "../support/host-fixture.ts";
import { itNeeds, posix, procFs } from "../support/needs.ts";
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

  itNeeds(procFs, "has each process ended first where memory runs out", async () => {
    const { pid } = await use().running();
    assert.equal(readFileSync(`/proc/${pid}/oom_score_adj`, "utf8"), "1000\n");
  });

  itNeeds(procFs, "ends one whose start takes more memory than it can need", async () => {
    const mebibytes = 1024 * 1024;
    const lease = use({ takesBytes: 400 * mebibytes, mostStartBytes: 200 * mebibytes });
    await assert.rejects(lease.running(), {
      code: "model-invalid",
      message: /^stand-in took \S+ MB of memory before it was ready/,
    });
    await Promise.all(runsOf(runs()).map((pid) => gone(pid)));
    assert.equal(runsOf(runs()).length, 1);
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
    const usual = times.toSorted((a, b) => a - b)[10] ?? Infinity;
    assert.ok(usual < 2000, `it took ${usual} ms`);
  });

  it("tells a run that another was ready before it", async () => {
    const program = standIn({ runs: runs() });
    const told: unknown[] = [];
    const asked = (at: ProgramAddress) => {
      told.push(at.again);
      return program.arguments(at);
    };
    const lease = supervisor.use({ ...program, arguments: asked }, () => {});
    const { pid, ended } = await lease.running();
    process.kill(pid, "SIGKILL");
    await ended;
    await lease.running();
    assert.deepEqual(told, [undefined, true]);
  });

  it("asks whether it is ready as soon as it says that it listens", async () => {
    supervisor.dispose();
    supervisor = await Supervisor.create({ home, clock: endless, log: silentLogger });
    const { pid } = await use().running();
    assert.deepEqual(runsOf(runs()), [pid]);
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

  it("takes another port where the wanted one is taken", async () => {
    const stranger = await listening(createServer(), 0);
    try {
      const { at } = await use({ port: portOf(stranger) }).running();
      assert.notEqual(at.port, portOf(stranger));
    } finally {
      stranger.close();
    }
  });

  it("takes another port as often as one was taken before it came to it", async () => {
    const taken = "Error: listen tcp 127.0.0.1:1: bind: address already in use";
    const lease = use({ lastWords: [taken, taken, taken, taken] });
    await lease.running();
    assert.equal(runsOf(runs()).length, 5);
  });

  it("does not take a stranger on its port for itself", async () => {
    const program = standIn({ runs: runs(), mute: true });
    const strangers: Server[] = [];
    const answers: string[] = [];
    const check: Program["check"] = async (at, signal) => {
      if (strangers.length === 0) {
        const stranger = createServer((_, response) => response.end("ok"));
        strangers.push(await listening(stranger, at.port));
      }
      const { state } = await program.check(at, signal);
      answers.push(state);
      return { state };
    };
    supervisor.dispose();
    supervisor = await Supervisor.create({ home, clock: hasty, log: silentLogger });
    try {
      const lease = supervisor.use({ ...program, check }, () => {});
      await assert.rejects(lease.running(), { code: "timeout" });
      assert.ok(answers.length > 0 && answers.every((state) => state === "ready"), "the stranger answered");
    } finally {
      for (const stranger of strangers) stranger.close();
    }
  });

  it("ends what its program has started, however that ends", async () => {
    const lease = use({ parent: true });
    const { pid, ended } = await lease.running();
    const [, child] = runsOf(runs());
    process.kill(pid, "SIGKILL");
    await ended;
    lease.dispose();
    assert.ok(child !== undefined);
    await gone(child);
  });

  describe("at the start of a host", () => {
    const dead = { pid: 999_999, startedAt: "long ago" };

    /** A process of nobody, with a record that says `host` has started it. */
    async function leftover(change: Partial<ProcessRecord>): Promise<ChildProcess> {
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true });
      const identity = await identityOf(child.pid ?? 0);
      assert.ok(identity, "it runs");
      await records().write({ ...identity, name: "stand-in", port: 1, key: "k", host: dead, ...change });
      return child;
    }

    it("ends what a dead host has left, and forgets it", async () => {
      const child = await leftover({});
      const exit = once(child, "exit");
      assert.equal((await records().cleanUp()).length, 1);
      await exit;
      assert.deepEqual(await records().list(), []);
    });

    it("leaves a process alone that only has the same number", async () => {
      const child = await leftover({ startedAt: "at another time" });
      assert.deepEqual(await records().cleanUp(), []);
      assert.deepEqual(await records().list(), []);
      assert.ok(isAlive(child.pid ?? 0));
      child.kill("SIGKILL");
    });

    it("leaves a process alone whose host runs", async () => {
      const host = await identityOf(process.pid);
      const child = await leftover({ ...(host && { host }) });
      assert.deepEqual(await records().cleanUp(), []);
      assert.equal((await records().list()).length, 1);
      assert.ok(isAlive(child.pid ?? 0));
      child.kill("SIGKILL");
    });

    it("passes over what is no record", async () => {
      mkdirSync(join(home, "run/processes"), { recursive: true });
      writeFileSync(join(home, "run/processes/1.json"), '{"pid": 1}');
      writeFileSync(join(home, "run/processes/2.json"), "{");
      assert.deepEqual(await records().cleanUp(), []);
    });
  });
});

/** A minute is over in a second. */
const hasty: Clock = {
  now: () => systemClock.now() * 60,
  after: (ms, callback) => systemClock.after(ms / 60, callback),
};

/** No wait of it is ever over. */
const endless: Clock = {
  now: () => 0,
  after: (ms, callback) => (ms === 0 ? systemClock.after(0, callback) : { dispose() {} }),
};

async function listening(server: Server, port: number): Promise<Server> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  assert.ok(typeof address === "object" && address);
  return address.port;
}
