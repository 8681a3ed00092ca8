/** Leases of models: whoever goes lets go at once, also while the model still loads. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, describe, it } from "mocha";
import { silentLogger } from "../../../../server/base/log.ts";
import { ModelRegistry } from "../../../../server/runtime/host/model-registry.ts";
import { carriedBuild } from "../../../../server/runtime/host/model-source.ts";
import { noPrograms } from "../../../../server/runtime/supervisor/no-programs.ts";
import { gone, isAlive } from "../../../support/host-fixture.ts";
import { ladderPorts } from "../../../support/ladder-ports.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { scripted } from "../../../support/scripted-model.ts";

describe("a model whose user goes while it loads", function () {
  this.timeout(30_000);
  const folder = mkdtempSync(join(tmpdir(), "hearth-registry-"));
  const idleMs = 1000;
  const made: ModelRegistry[] = [];
  afterEach(() => {
    for (const registry of made.splice(0)) registry.dispose();
  });
  after(() => rmSync(folder, { recursive: true }));

  /** With a process that says its id and never gets any further. */
  async function loading() {
    const childEntry = join(folder, "child.mjs");
    const said = 'jsonrpc: "2.0", method: "child/log", params: "started " + process.pid';
    writeFileSync(childEntry, `process.on("message", () => {}); process.send({ ${said} });`);
    const clock = new ManualClock();
    const started: number[] = [];
    const registry = new ModelRegistry({
      childEntry,
      clock,
      idleMs,
      programs: noPrograms,
      builds: carriedBuild,
      ladder: ladderPorts(),
      log: {
        log: (_level, message) => {
          const id = /started (\d+)/.exec(message)?.[1];
          if (id !== undefined) started.push(Number(id));
        },
      },
      onEvent: () => {},
    });
    made.push(registry);
    const spec = { runtime: "embedded" as const, path: await scripted({ infill: "return x;" }) };
    const user = () => {
      const leaving = new AbortController();
      const refused = assert.rejects(registry.open(spec, leaving.signal));
      return { leave: () => leaving.abort(), refused };
    };
    const first = user();
    while (started.length === 0) await clock.advance(0);
    const pid = started[0] ?? 0;
    const users = async () => (await registry.metrics()).map(({ clients }) => clients);
    return { clock, first, user, users, pid };
  }

  it("has no user from that moment on, and is ended when it has had none for a while", async () => {
    const { clock, first, users, pid } = await loading();
    assert.deepEqual(await users(), [1]);
    first.leave();
    assert.deepEqual(await users(), [0]);
    await clock.advance(idleMs - 1);
    assert.ok(isAlive(pid), "it may be wanted again");
    await clock.advance(1);
    assert.deepEqual(await users(), []);
    await gone(pid);
    await first.refused;
  });

  it("goes on for the one who comes next", async () => {
    const { clock, first, user, users, pid } = await loading();
    first.leave();
    const second = user();
    while ((await users())[0] !== 1) await clock.advance(0);
    await clock.advance(10 * idleMs);
    assert.ok(isAlive(pid));
    process.kill(pid, "SIGKILL");
    await Promise.all([first.refused, second.refused]);
    assert.deepEqual(await users(), []);
  });
});

describe("a model that did not open", () => {
  const registry = new ModelRegistry({
    childEntry: "none",
    clock: new ManualClock(),
    idleMs: 1000,
    programs: noPrograms,
    builds: carriedBuild,
    ladder: ladderPorts(),
    log: silentLogger,
    onEvent: () => {},
  });
  after(() => registry.dispose());

  it("is known with its reason when its users have gone", async () => {
    const nobody = "http://127.0.0.1:9";
    const spec = { runtime: "llama-server" as const, url: nobody, model: "a" };
    await assert.rejects(registry.open(spec, new AbortController().signal));
    assert.deepEqual(await registry.metrics(), []);
    assert.deepEqual(
      registry.failures.map(({ model, error }) => [model, error.code]),
      [[`llama-server ${nobody} a`, "runtime-unreachable"]],
    );
  });
});
