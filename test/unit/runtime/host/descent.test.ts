/** Loading in the first way that memory holds: each step said once, what worked remembered. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "../../../../server/base/log.ts";
import { RuntimeError } from "../../../../server/model/runtime-error.ts";
import { Descent, type DescentModel, type Load } from "../../../../server/runtime/host/descent.ts";
import { ladderMemory } from "../../../../server/runtime/host/ladder-memory.ts";
import type { Circumstances } from "../../../../server/runtime/ladder/remembered.ts";
import { never } from "../../../support/host-fixture.ts";
import { ManualClock } from "../../../support/manual-clock.ts";

const gib = 1024 ** 3;
const large = { name: "large", weightBytes: 9 * gib, layers: 48 };
const small = { name: "small", weightBytes: 2 * gib, layers: 28 };
const gpuFull = "cudaMalloc failed: out of memory";

describe("loading in the first way that memory holds", () => {
  const folder = mkdtempSync(join(tmpdir(), "hearth-descent-"));
  after(() => rmSync(folder, { recursive: true }));
  let files = 0;

  function machine(circumstances: Partial<Circumstances> = {}) {
    const clock = new ManualClock();
    const said: string[] = [];
    const now = { setting: "this one", freeMainBytes: 8 * gib, freeGpuBytes: gib, ...circumstances };
    const memory = ladderMemory(join(folder, `${files++}.json`), silentLogger);
    const descent = () =>
      new Descent<DescentModel>({
        id: "a model",
        model: large,
        clock,
        log: silentLogger,
        memory,
        circumstances: () => Promise.resolve(now),
        models: () => Promise.resolve([large, small]),
        onStep: (step) => said.push(`${step.said.message} <- ${step.reason.message}`),
      });
    /** Lets as many loads fail as there are words; the one after them works. */
    const run = async (on: Descent<DescentModel>, words: readonly string[]) => {
      const loads: string[] = [];
      const running = on.run(({ model, contextTokens, gpuLayers, ...load }: Load<DescentModel>) => {
        loads.push([model.name, contextTokens ?? "usual", gpuLayers ?? "fitting"].join(" "));
        load.tried({ contextTokens: contextTokens ?? 8192, gpuLayers: gpuLayers ?? model.layers });
        const word = words[loads.length - 1];
        if (word === undefined) return Promise.resolve("works");
        return Promise.reject(new RuntimeError("out-of-memory", "{0}", { values: [word] }));
      }, never);
      const done = new AbortController();
      const end = () => done.abort();
      running.then(end, end);
      while (!done.signal.aborted) await clock.advance(1000);
      return { loads, running };
    };
    return { descent, run, said, now, memory };
  }

  it("goes down one step for each failure, and says each once with its reason", async () => {
    const { descent, run, said } = machine();
    const on = descent();
    const { loads, running } = await run(on, Array<string>(6).fill(gpuFull));
    assert.equal(await running, "works");
    assert.deepEqual(loads, [
      "large usual fitting",
      "large usual fitting",
      "large 4096 fitting",
      "large 2048 fitting",
      "large 2048 24",
      "large 2048 12",
      "small 2048 fitting",
    ]);
    assert.deepEqual(said, [
      `large is tried once more: memory ran out. <- ${gpuFull}`,
      `large gets a context of 4,096 tokens: memory does not hold a longer one. <- ${gpuFull}`,
      `large gets a context of 2,048 tokens: memory does not hold a longer one. <- ${gpuFull}`,
      `large gets 24 of its 48 layers on the GPU, whose memory does not hold more: it is slower. <- ${gpuFull}`,
      `large gets 12 of its 48 layers on the GPU, whose memory does not hold more: it is slower. <- ${gpuFull}`,
      `small is used in place of large, which memory does not hold. <- ${gpuFull}`,
    ]);
    assert.equal(on.reduced?.message, "small is used in place of large, which memory does not hold.");
  });

  it("begins the next time where it worked, without a word, and in full when memory is free again", async () => {
    const { descent, run, said, now } = machine();
    await (await run(descent(), [gpuFull, gpuFull])).running;
    said.length = 0;
    const next = descent();
    assert.deepEqual((await run(next, [])).loads, ["large 4096 fitting"]);
    assert.equal(next.reduced?.message.includes("4,096"), true, "whoever asks hears how it is loaded");
    now.freeGpuBytes = 6 * gib;
    assert.deepEqual((await run(descent(), [])).loads, ["large usual fitting"]);
    now.freeGpuBytes = gib;
    assert.deepEqual(
      (await run(descent(), [])).loads,
      ["large usual fitting"],
      "what worked in full is forgotten",
    );
    assert.deepEqual(said, []);
  });

  it("goes on down when what was loaded runs out of memory at work", async () => {
    const { descent, run, said } = machine();
    const on = descent();
    await (await run(on, [])).running;
    on.ranOut(new RuntimeError("out-of-memory", "{0}", { values: [gpuFull] }));
    assert.deepEqual((await run(on, [])).loads, ["large usual fitting"]);
    on.ranOut(new RuntimeError("out-of-memory", "{0}", { values: [gpuFull] }));
    assert.deepEqual((await run(on, [])).loads, ["large 4096 fitting"]);
    assert.equal(said.length, 2);
  });

  it("is paused after the last step, and not tried again until something has changed", async () => {
    const { descent, run, memory, now } = machine();
    const { running, loads } = await run(descent(), Array<string>(20).fill("insufficient memory"));
    await assert.rejects(running, (error: RuntimeError) => {
      assert.equal(error.message, "insufficient memory");
      assert.match(error.mend ?? "", /^Every way to load it was tried\./);
      return true;
    });
    assert.deepEqual(loads.slice(2), ["large 4096 fitting", "large 2048 fitting", "small 2048 fitting"]);
    const later = await run(descent(), []);
    assert.deepEqual(later.loads, []);
    await assert.rejects(later.running, { message: "large did not fit in any way a moment ago." });
    now.freeMainBytes = 16 * gib;
    assert.deepEqual((await run(descent(), [])).loads, ["large usual fitting"]);
    await memory.forgetAll();
    now.freeMainBytes = 8 * gib;
    assert.deepEqual((await run(descent(), [])).loads, ["large usual fitting"]);
  });

  it("forgets what it cannot read, and keeps what is written at once", async () => {
    const path = join(folder, "broken.json");
    writeFileSync(path, '{"half');
    const memory = ladderMemory(path, silentLogger);
    assert.equal(await memory.read("a"), undefined);
    const { now: circumstances } = machine();
    const kept = { model: "small", step: "cpu" as const, gpuLayers: 0, circumstances, at: 1 };
    await Promise.all([memory.write("a", kept), memory.write("b", { ...kept, at: 2 })]);
    const again = ladderMemory(path, silentLogger);
    assert.deepEqual([await again.read("a"), await again.read("b")], [kept, { ...kept, at: 2 }]);
    await again.forget("a");
    assert.deepEqual([await again.read("a"), (await again.read("b"))?.at], [undefined, 2]);
  });

  it("leaves every other failure as it is", async () => {
    const { descent, said } = machine();
    const crashed = new RuntimeError("runtime-crashed", "{0}", { values: ["segmentation fault"] });
    await assert.rejects(
      descent().run(() => Promise.reject(crashed), never),
      crashed,
    );
    assert.deepEqual(said, []);
  });
});
