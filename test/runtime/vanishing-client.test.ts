/** A client that vanishes while its model loads leaves nothing behind at a host that others use. */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, it } from "mocha";
import { systemClock } from "../../server/base/clock.ts";
import { silentLogger } from "../../server/base/log.ts";
import { entryPoint } from "../../server/entries.ts";
import { HostClient } from "../../server/runtime/host/client.ts";
import { connectToHost } from "../../server/runtime/host/connect.ts";
import { gone, hostFixture, never } from "../support/host-fixture.ts";
import { scripted } from "../support/scripted-model.ts";

describe("a client that vanishes while its model loads", function () {
  this.timeout(30_000);
  const fixture = hostFixture();
  afterEach(() => fixture.dispose());

  it("holds it no more, and the model ends although the host stays", async () => {
    const childEntry = join(fixture.home, "child.mjs");
    const pidFile = join(fixture.home, "child.pid");
    const note = `writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));`;
    writeFileSync(
      childEntry,
      `import { writeFileSync } from "node:fs"; ${note} process.on("message", () => {});`,
    );
    const options = { home: fixture.home, entry: entryPoint("host"), childEntry, idleMs: 300 };
    const stays = await connectToHost(options, systemClock, never);
    const vanishes = new HostClient({ ...options, clock: systemClock, log: silentLogger });
    const path = await scripted({ infill: "return x;" });
    const refused = assert.rejects(vanishes.open({ runtime: "embedded", path }, never));
    const looks = fixture.client();
    const models = async () => (await looks.metrics())?.models ?? [];
    while ((await models())[0]?.clients !== 1);
    vanishes.dispose();
    let [model] = await models();
    while (model && model.clients > 0) [model] = await models();
    while ((await models()).length > 0);
    await gone(Number(readFileSync(pidFile, "utf8")));
    await refused;
    assert.equal((await looks.metrics())?.pid, stays.pid, "the host stays");
    stays.dispose();
    await gone(stays.pid);
  });
});
