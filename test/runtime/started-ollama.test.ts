/** A real Ollama that Hearth starts: one for all windows and models, back after a crash, gone with the last; another is left alone. */

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SpecOf } from "../../server/runtime/host/client.ts";
import { freePort } from "../../server/runtime/supervisor/free-port.ts";
import type { ProcessRecord } from "../../server/runtime/supervisor/process-records.ts";
import { complete, gone, hostFixture, isAlive, never } from "../support/host-fixture.ts";
import { describeNeeds } from "../support/needs.ts";
import { type OllamaProcess, startOllama } from "../support/ollama-process.ts";
import { realOllama } from "../support/real-runtimes.ts";
import { scripted } from "../support/scripted-model.ts";

describeNeeds(realOllama.need, "an Ollama that Hearth starts", function () {
  this.timeout(180_000);
  const fixture = hostFixture();
  const before = { ...process.env };
  let models: string;
  let one: OllamaProcess | undefined;

  beforeEach(async () => {
    models = mkdtempSync(join(tmpdir(), "hearth-ollama-models-"));
    one = await startOllama({ OLLAMA_MODELS: models });
    const path = await scripted({ infill: "return x;" });
    for (const name of ["first-qwen-coder", "second-qwen-coder"]) await one.create(name, path);
    process.env["OLLAMA_MODELS"] = models;
  });
  afterEach(async () => {
    await fixture.dispose();
    await one?.stop();
    process.env = { ...before };
    rmSync(models, { recursive: true, force: true });
  });

  async function specs(url?: string): Promise<readonly [SpecOf<"ollama">, SpecOf<"ollama">]> {
    const at = url ?? `http://127.0.0.1:${await freePort()}`;
    const spec = { runtime: "ollama", url: at, program: realOllama.path } as const;
    return [
      { ...spec, model: "first-qwen-coder" },
      { ...spec, model: "second-qwen-coder" },
    ];
  }

  /** Every process that the host has on record. */
  function pids(): readonly number[] {
    const folder = join(fixture.home, "run/processes");
    if (!existsSync(folder)) return [];
    const records: ProcessRecord[] = readdirSync(folder).map((name) =>
      JSON.parse(readFileSync(join(folder, name), "utf8")),
    );
    return records.map(({ pid }) => pid);
  }

  it("is one for all windows and models, and ends with the last of them", async () => {
    await one?.stop();
    const [first, second] = await specs();
    const clients = [fixture.client(), fixture.client(), fixture.client()] as const;
    const opened = await Promise.all([clients[0].open(first, never), clients[1].open(first, never)]);
    const other = await clients[2].open(second, never);
    const [pid, ...more] = pids();
    assert.ok(pid !== undefined && more.length === 0);
    for (const { runtime } of [...opened, other])
      assert.equal((await complete(runtime, "a")).text, "return x;");
    clients[0].dispose();
    clients[1].dispose();
    assert.equal((await complete(other.runtime, "b")).text, "return x;");
    assert.deepEqual(pids(), [pid]);
    clients[2].dispose();
    await gone(pid);
  });

  it("is there again after it was killed, under supervision as before", async () => {
    await one?.stop();
    const [first] = await specs();
    const { runtime } = await fixture.client().open(first, never);
    for (let kill = 0; kill < 2; kill++) {
      const [pid] = pids();
      assert.ok(pid !== undefined);
      process.kill(-pid, "SIGKILL");
      await gone(pid);
      assert.equal((await untilAnswered(() => complete(runtime, `a${kill}`))).text, "return x;");
      assert.equal(pids().length, 1);
      assert.notEqual(pids()[0], pid);
    }
  });

  it("is not started where one answers, and that one stays when all have gone", async () => {
    const [first] = await specs(one?.url);
    const client = fixture.client();
    const { runtime } = await client.open(first, never);
    assert.equal((await complete(runtime, "a")).text, "return x;");
    assert.deepEqual(pids(), []);
    const host = (await client.metrics())?.pid ?? assert.fail();
    client.dispose();
    await gone(host);
    assert.ok(!isAlive(host));
    assert.ok((await fetch(`${one?.url}/api/version`)).ok, "it answers still");
  });
});

/** What was asked at the moment of a death fails; the next is answered. */
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  return ask().catch(ask);
}
