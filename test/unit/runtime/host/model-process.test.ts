/** A model's process that is not wanted any more: none is left, whether it waits to start, loads or runs. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "../../../../server/base/log.ts";
import type { GgufFile } from "../../../../server/runtime/host/gguf-file.ts";
import { ModelProcess } from "../../../../server/runtime/host/model-process.ts";
import { carriedBuild } from "../../../../server/runtime/host/model-source.ts";
import { gone } from "../../../support/host-fixture.ts";
import { ladderPorts } from "../../../support/ladder-ports.ts";
import { ManualClock, settle } from "../../../support/manual-clock.ts";

const needs = {
  weightBytes: 0,
  kvBytesPerToken: 0,
  batchTokenBytes: 0,
  scoreBytes: 0,
  trainedContextTokens: 0,
};
const none = { file: {} as GgufFile, name: "none", weightBytes: 0, layers: 0 };
const nothing = () => Promise.resolve([]);

describe("the process of a model", function () {
  this.timeout(30_000);
  const folder = mkdtempSync(join(tmpdir(), "hearth-process-"));
  after(() => rmSync(folder, { recursive: true }));

  /** With a program in place of llama.cpp's; `ended` are the ids of its processes that ended. */
  function processOf(program: string) {
    const childEntry = join(folder, `${program.length}.mjs`);
    writeFileSync(childEntry, program);
    const clock = new ManualClock();
    const ended: number[] = [];
    const started = Promise.withResolvers<number>();
    const model = new ModelProcess({
      descent: { ...ladderPorts(), clock, log: silentLogger, id: "none", model: none, models: nothing },
      params: () => ({ path: "none", architecture: "qwen2", needs, completes: true }),
      check: () => Promise.resolve(),
      builds: carriedBuild,
      childEntry,
      clock,
      log: {
        log: (_level, message) => {
          const pid = /process (\d+) ended/.exec(message)?.[1];
          if (pid !== undefined) ended.push(Number(pid));
          const said = /started (\d+)/.exec(message)?.[1];
          if (said !== undefined) started.resolve(Number(said));
        },
      },
      onState: () => {},
    });
    return { model, clock, ended, started: started.promise };
  }

  it("is not started after the wait for it, when it was let go of in that time", async () => {
    const { model, clock, ended } = processOf("process.exit(1)");
    for (let death = 0; death < 2; death++) {
      const ready = assert.rejects(model.ready(), { code: "runtime-crashed" });
      await clock.advance(0);
      await ready;
    }
    const third = assert.rejects(model.ready(), { code: "runtime-crashed" });
    await settle();
    model.dispose();
    await third;
    await clock.advance(60_000);
    assert.equal(ended.length, 2);
  });

  it("is ended while it loads, without waiting for the load", async () => {
    const said = { jsonrpc: "2.0", method: "child/log" };
    const program = `process.on("message", () => {}); process.send({ ...${JSON.stringify(said)}, params: "started " + process.pid });`;
    const { model, clock, started } = processOf(program);
    const ready = assert.rejects(model.ready(), { code: "runtime-crashed" });
    await clock.advance(0);
    const pid = await started;
    model.dispose();
    await ready;
    await gone(pid);
  });
});
