/** A model's process: another follows it at once, and none is left when it is not wanted any more. */

import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "../../../../server/base/clock.ts";
import { silentLogger } from "../../../../server/base/log.ts";
import { dropStep } from "../../../../server/model/dropped-backend.ts";
import type { ModelRuntime } from "../../../../server/model/model-runtime.ts";
import type { GgufFile } from "../../../../server/runtime/host/gguf-file.ts";
import { ModelProcess } from "../../../../server/runtime/host/model-process.ts";
import { carriedBuild, type LlamaBuilds } from "../../../../server/runtime/host/model-source.ts";
import { gone, isAlive } from "../../../support/host-fixture.ts";
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
  const left: (() => unknown)[] = [];
  afterEach(() => {
    for (const end of left.splice(0)) end();
  });
  after(() => rmSync(folder, { recursive: true }));

  /** With a program in place of llama.cpp's; `ended` are the ids of its processes that ended. */
  function processOf<C extends Clock>(program: string, clock: C, builds: LlamaBuilds = carriedBuild) {
    const childEntry = join(folder, `${program.length}.mjs`);
    writeFileSync(childEntry, program);
    const ended: number[] = [];
    const loads: string[] = [];
    const steps: string[] = [];
    const heard = new EventEmitter();
    const numbers: Record<string, number[]> = {};
    const model = new ModelProcess({
      descent: { ...ladderPorts(), clock, log: silentLogger, id: "none", model: none, models: nothing },
      params: () => ({ path: "none", architecture: "qwen2", needs, completes: true }),
      check: () => Promise.resolve(),
      builds,
      childEntry,
      clock,
      log: {
        log: (_level, message) => {
          const pid = /process (\d+) ended/.exec(message)?.[1];
          if (pid !== undefined) ended.push(Number(pid));
          const load = /loads (.*)/.exec(message)?.[1];
          if (load !== undefined) loads.push(load);
          const [, word, number] = /(began|holds) (\d+)/.exec(message) ?? [];
          if (word !== undefined) (numbers[word] ??= []).push(Number(number));
          if (word === "holds")
            left.push(() => isAlive(Number(number)) && process.kill(Number(number), "SIGKILL"));
          heard.emit("line");
        },
      },
      onState: ({ step, error }) => step && steps.push(`${step.message} ${error?.message}`),
    });
    left.push(() => model.dispose());
    /** The number behind the word when it was said so often. */
    async function said(word: "began" | "holds", times: number): Promise<number> {
      for (;;) {
        const number = numbers[word]?.[times - 1];
        if (number !== undefined) return number;
        await once(heard, "line");
      }
    }
    return { model, clock, ended, loads, steps, said };
  }

  /** One that loads whatever it is asked to, and says how it was asked. */
  const working = `
    const tell = (message) => process.send({ jsonrpc: "2.0", ...message });
    const usage = { prompt: 1, cached: 0, reasoning: 0, generated: 0 };
    process.on("message", ({ id, method, params }) => {
      if (method === "child/load") {
        const asked = [...process.argv.slice(2), JSON.stringify(params.found ?? null)].join(" ");
        tell({ method: "child/log", params: "loads " + asked });
        tell({ method: "child/threads", params: { prompt: 4, answer: 2 } });
        tell({ id, result: { contextTokens: 1, threads: 4, gpu: "cuda", gpuLayers: 1 } });
      } else if (id !== undefined) tell({ id, result: method === "model/warm" ? usage : 1 });
    });`;
  const never = new AbortController().signal;

  /** Kills it so often, each time when it was used; resolves to how long each start waited. */
  async function waitsOf(kills: number, use: (runtime: ModelRuntime) => Promise<unknown>) {
    const waits: number[] = [];
    const clock: Clock = {
      now: () => 0,
      after(ms, callback) {
        waits.push(ms);
        const soon = setImmediate(callback);
        return { dispose: () => clearImmediate(soon) };
      },
    };
    const { model } = processOf(working, clock);
    for (let kill = 0; kill < kills; kill++) {
      const { pid, runtime, gone: isGone } = await model.ready();
      await use(runtime);
      process.kill(pid, "SIGKILL");
      await isGone;
    }
    const last = await model.ready();
    model.dispose();
    await last.gone;
    return waits;
  }

  it("comes back at once, as often as it was of use", async () => {
    const warm = { prompt: [], priority: "completion" } as const;
    assert.deepEqual(await waitsOf(7, (runtime) => runtime.warm(warm, never)), Array(8).fill(0));
  });

  it("comes back ever later while it is of none, whatever it counts", async () => {
    const waits = await waitsOf(4, (runtime) => runtime.countTokens("a"));
    assert.deepEqual(waits, [0, 0, 250, 500, 1000]);
  });

  it("begins again before it is known why it ended, and with what it has found out", async () => {
    // Its output stays open, so that nobody can know its last words.
    const keeper = `import { spawn } from "node:child_process";
      const held = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: ["ignore", "ignore", "inherit"] });
      process.send({ jsonrpc: "2.0", method: "child/log", params: "holds " + held.pid });
      process.send({ jsonrpc: "2.0", method: "child/log", params: "began " + process.pid });`;
    const { model, ended, loads, said } = processOf(keeper + working, systemClock);
    const first = await model.ready();
    assert.equal(await said("began", 1), first.pid);
    process.kill(first.pid, "SIGKILL");
    const second = await said("began", 2);
    assert.deepEqual(ended, []);
    process.kill(await said("holds", 1), "SIGKILL");
    assert.equal((await model.ready()).pid, second);
    assert.deepEqual(ended, [first.pid]);
    assert.deepEqual(loads, ["null", '--again {"gpu":"cuda","threads":{"prompt":4,"answer":2}}']);
  });

  /** A build for a GPU that passed its trial, and what became of it. */
  function vulkan() {
    const build = { gpu: "vulkan", folder: "/vulkan" } as const;
    const lost: string[] = [];
    const builds: LlamaBuilds = {
      choose: () => Promise.resolve({ build, dropped: [] }),
      drop: (dropped, reason) => {
        lost.push(`${dropped.folder}: ${reason}`);
        return Promise.resolve(dropStep({ name: "vulkan", trial: { kind: "crashed-loading", reason } }));
      },
    };
    return { builds, lost };
  }
  const dies = (when: string) =>
    `process.on("message", ({ method, params }) => {
      if (method !== "child/load" || !(${when})) return;
      process.stderr.write("error: lost device\\n");
      process.kill(process.pid, "SIGABRT");
    });`;

  it("is loaded by the carried build where one for a GPU twice dies of it, which is dropped with a word", async () => {
    const { builds, lost } = vulkan();
    const { model, ended, steps } = processOf(dies("params.build") + working, systemClock, builds);
    const { pid } = await model.ready();
    assert.equal(ended.length, 2);
    assert.ok(!ended.includes(pid));
    const reason = "llama.cpp ended unexpectedly: error: lost device";
    assert.deepEqual(lost, [`/vulkan: ${reason}`]);
    assert.deepEqual(steps, [
      `The build vulkan of llama.cpp is not used. It crashed when it loaded a model (${reason}).`,
    ]);
  });

  it("is loaded by the build for the GPU where it died once", async () => {
    const { builds, lost } = vulkan();
    const marker = join(folder, "died-once");
    const atFirst = `import { existsSync, writeFileSync } from "node:fs";
      const first = !existsSync(${JSON.stringify(marker)});
      if (first) writeFileSync(${JSON.stringify(marker)}, "");`;
    const { model, ended, steps } = processOf(atFirst + dies("first") + working, systemClock, builds);
    await model.ready();
    assert.deepEqual([ended.length, lost, steps], [1, [], []]);
  });

  it("drops no build for a model that none of them loads", async () => {
    const { builds, lost } = vulkan();
    const { model, ended, steps } = processOf(dies("true"), systemClock, builds);
    await assert.rejects(model.ready(), { code: "runtime-crashed" });
    assert.deepEqual([ended.length, lost, steps], [3, [], []]);
  });

  it("is not started after the wait for it, when it was let go of in that time", async () => {
    const { model, clock, ended } = processOf("process.exit(1)", new ManualClock());
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
    const program = `process.on("message", () => {}); process.send({ ...${JSON.stringify(said)}, params: "began " + process.pid });`;
    const { model, clock, said: heard } = processOf(program, new ManualClock());
    const ready = assert.rejects(model.ready(), { code: "runtime-crashed" });
    await clock.advance(0);
    const pid = await heard("began", 1);
    model.dispose();
    await ready;
    await gone(pid);
  });
});
