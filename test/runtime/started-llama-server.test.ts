/** A real llama-server that Hearth starts: shared, hidden from others, back after a crash, gone with the last user. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostClient, SpecOf } from "../../server/runtime/host/client.ts";
import type { ProcessRecord } from "../../server/runtime/supervisor/process-records.ts";
import { ofWire } from "../../server/runtime/wire/errors.ts";
import { type MetadataEntry, writeGguf } from "../support/gguf-writer.ts";
import {
  collect,
  complete,
  fim,
  gone,
  greedy,
  hostFixture,
  isAlive,
  never,
} from "../support/host-fixture.ts";
import { describeNeeds } from "../support/needs.ts";
import { realLlamaServer } from "../support/real-runtimes.ts";
import { scripted, scriptedContent } from "../support/scripted-model.ts";

/** Each a token of its own: time enough for a kill in between. */
const steps = Array.from({ length: 600 }, (_, index) => `x${index}`);
const request = { maxTokens: 700, stop: [], sampling: greedy, priority: "completion" } as const;

async function rest(stream: AsyncIterator<unknown>): Promise<void> {
  while (!(await stream.next()).done);
}

describeNeeds(realLlamaServer.need, "a llama-server that Hearth starts", function () {
  this.timeout(120_000);
  const fixture = hostFixture();
  afterEach(() => fixture.dispose());
  let spec: SpecOf<"started-llama-server">;
  before(async () => {
    const path = await scripted({ infill: steps }, { contextTokens: 2048, layers: 4 });
    spec = { runtime: "started-llama-server", program: realLlamaServer.path, args: ["--threads", "1"], path };
  });

  /** Every process that a host has on record. */
  function records(): readonly ProcessRecord[] {
    const folder = join(fixture.home, "run/processes");
    return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
  }

  function theRecord(): ProcessRecord {
    const [record, ...others] = records();
    assert.ok(record && others.length === 0, "one process runs");
    return record;
  }

  async function hostOf(client: HostClient): Promise<number> {
    const metrics = await client.metrics();
    assert.ok(metrics, "a host runs");
    return metrics.pid;
  }

  it("answers, once for all clients, and ends with the last", async () => {
    const clients = [fixture.client(), fixture.client()];
    const opened = await Promise.all(clients.map((client) => client.open(spec, never)));
    for (const { runtime, info } of opened) {
      assert.equal(info.fim, "qwen");
      assert.equal((await complete(runtime, "a")).text.slice(0, 4), "x0x1");
    }
    const { pid } = theRecord();
    const [first, second] = clients;
    first?.dispose();
    assert.equal((await complete(opened[1]?.runtime ?? assert.fail(), "b")).text.slice(0, 4), "x0x1");
    assert.equal(theRecord().pid, pid);
    second?.dispose();
    await gone(pid);
  });

  it("tells nobody without its key, and serves no page", async () => {
    await fixture.client().open(spec, never);
    const { port, key, pid } = theRecord();
    const ask = (path: string, headers = {}) => fetch(`http://127.0.0.1:${port}${path}`, { headers });
    assert.equal((await ask("/props")).status, 401);
    assert.equal((await ask("/props", { authorization: "Bearer wrong" })).status, 401);
    const headers = { authorization: `Bearer ${key}` };
    assert.equal((await ask("/props", headers)).status, 200);
    assert.equal((await ask("/", headers)).status, 404);
    assert.ok(!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(key), "the key is no argument");
  });

  it("is there again within two seconds after each of 20 kills in mid-stream, and leaves none behind", async () => {
    const client = fixture.client();
    const { runtime } = await client.open(spec, never);
    const pids: number[] = [];
    const times: number[] = [];
    for (let round = 0; round < 20; round++) {
      const { pid } = theRecord();
      pids.push(pid);
      const stream = runtime.infill({ ...request, prompt: fim(`a${round}`) }, never)[Symbol.asyncIterator]();
      assert.equal((await stream.next()).value?.kind, "text-delta");
      process.kill(pid, "SIGKILL");
      const killedAt = performance.now();
      await assert.rejects(rest(stream), { code: "runtime-crashed" });
      assert.ok((await complete(runtime, "a")).text.startsWith("x0x1"));
      times.push(performance.now() - killedAt);
    }
    const usual = times.toSorted((a, b) => a - b)[10] ?? Infinity;
    assert.ok(usual < 2000, `it took ${usual} ms`);
    assert.deepEqual(pids.filter(isAlive), []);
    assert.equal(new Set([...pids, theRecord().pid]).size, 21);
  });

  it("is started with another template where it cannot read the model's, and says so", async () => {
    const content = scriptedContent({ infill: "return x;", chat: "Hello." }, { contextTokens: 2048 });
    const metadata = content.metadata.map(
      (entry): MetadataEntry =>
        entry[0] === "tokenizer.chat_template" ? [entry[0], "string", "{% if x %}{{ broken"] : entry,
    );
    const path = join(fixture.home, "odd.gguf");
    await writeGguf(path, { ...content, metadata });
    const client = fixture.client();
    const said: string[] = [];
    client.onEvent(
      ({ step, error }) => step && error && said.push(ofWire(step).message, ofWire(error).message),
    );
    const { runtime } = await client.open({ ...spec, path }, never);
    assert.equal((await complete(runtime, "a")).text, "return x;");
    const messages = [{ role: "user", text: "hi" }] as const;
    await collect(runtime.chat({ ...request, maxTokens: 5, messages, priority: "chat" }, never));
    assert.deepEqual(said, [
      "Chats with odd are in the form of ChatML, not in its own.",
      "llama-server cannot read the model's chat template: Expected }} (Got )",
    ]);
  });

  it("is ended by the next host when its own was killed", async () => {
    const client = fixture.client();
    const { runtime } = await client.open(spec, never);
    const { pid } = theRecord();
    process.kill(await hostOf(client), "SIGKILL");
    await client.metrics().catch(() => undefined);
    assert.equal((await complete(runtime, "a")).text.slice(0, 4), "x0x1");
    await gone(pid);
    assert.notEqual(theRecord().pid, pid);
  });

  it("stays down after three failures, says its last words, and tries again for whoever comes anew", async () => {
    const program = join(fixture.home, "ill-llama-server");
    const runs = join(fixture.home, "runs");
    const help = `case "$*" in *--help*) exec "${realLlamaServer.path}" --help ;; esac`;
    const dies = `echo run >> "${runs}"; echo "fatal: no luck today" >&2; exit 1`;
    writeFileSync(program, `#!/bin/sh\n${help}\n${dies}\n`, { mode: 0o700 });
    const failure = {
      code: "runtime-down",
      message: "llama-server ended unexpectedly: fatal: no luck today",
    };
    const count = () => readFileSync(runs, "utf8").trim().split("\n").length;
    const client = fixture.client({ idleMs: 2000 });
    await assert.rejects(client.open({ ...spec, program }, never), failure);
    assert.equal(count(), 3);
    await assert.rejects(client.open({ ...spec, program }, never), failure);
    assert.equal(count(), 3, "not by itself");
    await assert.rejects(fixture.client().open({ ...spec, program }, never), failure);
    assert.equal(count(), 6);
  });
});
