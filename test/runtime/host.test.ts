/** One host for everybody: sharing, crashes on every side, and nothing left behind. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { entryPoint } from "../../server/entries.ts";
import type { EmbedRequest, InfillRequest, WarmRequest } from "../../server/model/model-runtime.ts";
import type { HostClient, HostMetrics, ModelEvent } from "../../server/runtime/host/client.ts";
import {
  complete,
  fim,
  gone,
  greedy,
  type HostFixture,
  hostFixture,
  isAlive,
  never,
} from "../support/host-fixture.ts";
import { scripted } from "../support/scripted-model.ts";
import { useHost } from "../support/use-host.ts";

describe("the runtime host", function () {
  this.timeout(60_000);
  const fixture = useHost({ infill: "return x;" });
  const { spec } = fixture;

  async function metricsOf(client: HostClient): Promise<HostMetrics> {
    const metrics = await client.metrics();
    assert.ok(metrics, "a host runs");
    return metrics;
  }

  async function modelOf(client: HostClient): Promise<HostMetrics["models"][number]> {
    const [model] = (await metricsOf(client)).models;
    assert.ok(model, "the model is loaded");
    return model;
  }

  async function childOf(client: HostClient): Promise<number> {
    const { models } = await metricsOf(client);
    const pid = models[0]?.pid;
    assert.ok(pid !== undefined, "the model runs");
    return pid;
  }

  it("loads a model once for all clients, whoever comes first", async () => {
    const clients = [fixture.client(), fixture.client(), fixture.client()];
    const opened = await Promise.all(clients.map((client) => client.open(spec, never)));
    const answers = await Promise.all(opened.map((model) => complete(model.runtime, "a")));
    for (const { text } of answers) assert.equal(text, "return x;");
    const metrics = await Promise.all(clients.map(metricsOf));
    assert.equal(new Set(metrics.map((one) => one.pid)).size, 1, "one host");
    assert.equal(metrics[0]?.clients, 3);
    assert.equal(metrics[0]?.models.length, 1, "one child");
    assert.equal(metrics[0]?.models[0]?.clients, 3);
  });

  it("counts a file reached by two names as one model", async () => {
    const client = fixture.client();
    await Promise.all([
      client.open(spec, never),
      client.open({ ...spec, path: join(spec.path, "..", spec.path.split("/").at(-1) ?? "") }, never),
    ]);
    assert.equal((await metricsOf(client)).models.length, 1);
  });

  it("is not started by a look at it", async () => {
    const client = fixture.client();
    assert.equal(await client.metrics(), undefined);
    const pid = await fixture.start();
    assert.equal((await metricsOf(client)).pid, pid);
  });

  it("reports loading and readiness, and how fast the model is", async () => {
    const client = fixture.client();
    const events: ModelEvent[] = [];
    client.onEvent((event) => events.push(event));
    const { runtime } = await client.open(spec, never);
    assert.equal(events.at(-1)?.state, "ready");
    await complete(runtime, "x".repeat(300));
    const [model] = (await metricsOf(client)).models;
    assert.equal(model?.state, "ready");
    assert.ok((model?.promptTokens ?? 0) >= 300);
    assert.ok((model?.promptTokensPerSecond ?? 0) > 0);
  });

  it("fails what a killed model was doing with runtime-crashed, and answers again", async () => {
    const client = fixture.client();
    const { runtime } = await client.open(spec, never);
    const pid = await childOf(client);
    const restarted = new Promise<void>((resolve) => {
      const seen: string[] = [];
      client.onEvent(({ state }) => {
        seen.push(state);
        if (seen.includes("restarting") && state === "ready") resolve();
      });
    });
    const running = complete(runtime, "x".repeat(3500));
    process.kill(pid, "SIGKILL");
    await assert.rejects(running, { code: "runtime-crashed" });
    assert.equal((await complete(runtime, "a")).text, "return x;");
    await restarted;
    const [model] = (await metricsOf(client)).models;
    assert.notEqual(model?.pid, pid);
    assert.equal(model?.restarts, 1);
  });

  it("survives the death of the host: its models die, the next request starts another", async () => {
    const client = fixture.client();
    const { runtime } = await client.open(spec, never);
    const child = await childOf(client);
    const { pid } = await metricsOf(client);
    const running = complete(runtime, "x".repeat(3500));
    process.kill(pid, "SIGKILL");
    await assert.rejects(running, { code: "runtime-unreachable" });
    await gone(child);
    assert.equal((await complete(runtime, "a")).text, "return x;");
    assert.notEqual((await metricsOf(client)).pid, pid);
  });

  it("ends in the middle of a stream on SIGTERM, with its models", async () => {
    const client = fixture.client();
    const { runtime } = await client.open(spec, never);
    const child = await childOf(client);
    const { pid } = await metricsOf(client);
    const running = complete(runtime, "x".repeat(3500));
    process.kill(pid, "SIGTERM");
    await assert.rejects(running, { code: "runtime-unreachable" });
    await Promise.all([gone(pid), gone(child)]);
    assert.deepEqual(
      readdirSync(join(fixture.home, "run")).filter((name) => name.endsWith(".sock")),
      [],
    );
  });

  it("ends when its last client has been gone for a while, leaving no child", async () => {
    const host = spawn(
      process.execPath,
      [entryPoint("host"), "--home", fixture.home, "--child", entryPoint("child"), "--idle-ms", "3000"],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const [first] = await once(createInterface({ input: host.stdout }), "line");
    assert.equal(first, "ready");
    const client = fixture.client();
    await client.open(spec, never);
    const metrics = await metricsOf(client);
    assert.equal(metrics.pid, host.pid, "the client found the host that was there");
    const child = await childOf(client);
    client.dispose();
    const [code] = await once(host, "exit");
    assert.equal(code, 0);
    await gone(child);
  });

  const prompt = fim("y".repeat(3500));
  const texts = Array.from({ length: 12 }, () => "z".repeat(900));
  const vanishing: readonly (readonly [what: string, work: Work, wholeTokens: number])[] = [
    ["a prefill", { kind: "infill", request: { prompt, maxTokens: 9, stop: [], sampling: greedy } }, 3500],
    ["a warming", { kind: "warm", request: { prompt } }, 3500],
    ["an embedding", { kind: "embed", request: { texts } }, 12 * 900],
  ];
  for (const [what, work, wholeTokens] of vanishing) {
    it(`stops ${what} whose client vanished without a word`, async () => {
      const slow = await scripted({ infill: "return x;" }, { layers: 3, width: 768, feedForward: 2048 });
      const stays = fixture.client();
      const { runtime } = await stays.open({ ...spec, path: slow }, never);
      await complete(runtime, "a");
      const before = (await modelOf(stays)).promptTokens;
      const other = vanishingClient(fixture, slow, work);
      while ((await modelOf(stays)).promptTokens === before);
      other.kill("SIGKILL");
      await once(other, "exit");
      let found = await modelOf(stays);
      while (found.clients > 1) found = await modelOf(stays);
      // Older work of the same rank goes first: once this is answered, whatever still ran is done.
      const request = { priority: "background", texts: ["a"] } as const;
      await runtime.embed(request, never);
      const computed = (await modelOf(stays)).promptTokens - before;
      assert.ok(computed > 0 && computed < wholeTokens, `${computed} tokens computed`);
    });
  }

  it("unloads a model that nobody uses, and loads it again", async () => {
    const client = fixture.client({ idleMs: 50 });
    const first = await client.open(spec, never);
    const child = await childOf(client);
    first.dispose();
    await gone(child);
    const second = await client.open(spec, never);
    assert.equal((await complete(second.runtime, "a")).text, "return x;");
  });

  it("does not cancel a load with the wait for it", async () => {
    const client = fixture.client();
    const abort = new AbortController();
    const first = client.open(spec, abort.signal);
    abort.abort(new Error("typed on"));
    await assert.rejects(first, /typed on/);
    const { runtime } = await client.open(spec, never);
    assert.equal((await complete(runtime, "a")).text, "return x;");
    assert.equal((await metricsOf(client)).models.length, 1);
  });

  it("takes a home whose socket path would be too long", async () => {
    const long = join(mkdtempSync(join(tmpdir(), "hearth-long-")), "x".repeat(120));
    mkdirSync(long);
    const deep = hostFixture(long);
    const { runtime } = await deep.client().open(spec, never);
    assert.equal((await complete(runtime, "a")).text, "return x;");
    await deep.dispose();
    rmSync(join(long, ".."), { recursive: true });
  });

  it("that dies while a model restarts leaves no one waiting for it", async () => {
    const client = fixture.client();
    const { runtime } = await client.open(spec, never);
    const [child, pid] = [await childOf(client), (await metricsOf(client)).pid];
    const told = Promise.withResolvers<void>();
    const seen: string[] = [];
    client.onEvent(({ state }) => {
      seen.push(state);
      if (state === "restarting") process.kill(pid, "SIGKILL");
      if (state === "failed") told.resolve();
    });
    process.kill(child, "SIGKILL");
    await told.promise;
    assert.deepEqual(
      seen.filter((state) => state !== "restarting"),
      ["failed"],
    );
    assert.equal((await complete(runtime, "a")).text, "return x;");
  });

  it("that dies while a model loads is followed by another at once, unasked", async () => {
    const pid = await fixture.start();
    const client = fixture.client();
    let killedAt = 0;
    client.onEvent(({ state }) => {
      if (state !== "loading" || killedAt > 0) return;
      killedAt = performance.now();
      process.kill(pid, "SIGKILL");
    });
    const { runtime } = await client.open(spec, never);
    assert.ok(killedAt > 0, "it died during the load");
    assert.notEqual((await metricsOf(client)).pid, pid);
    assert.equal((await complete(runtime, "a")).text, "return x;");
  });

  it("that dies with every load is not tried without end", async () => {
    const client = fixture.client();
    const killed = new Set<number>();
    client.onEvent(({ state }) => {
      const line = fixture.logged.findLast((said) => said.includes("Connected to the runtime host"));
      const pid = Number(/\d+/.exec(line ?? "")?.[0]);
      if (state !== "loading" || killed.has(pid)) return;
      killed.add(pid);
      process.kill(pid, "SIGKILL");
    });
    await assert.rejects(client.open(spec, never), { code: "runtime-unreachable" });
    assert.equal(killed.size, 2);
  });

  it("starts anew after a host that left its socket behind", async () => {
    const pid = await fixture.start();
    process.kill(pid, "SIGKILL");
    await gone(pid);
    assert.notEqual(await fixture.start(), pid);
    assert.ok(!isAlive(pid));
  });
});

type Work =
  | { readonly kind: "infill"; readonly request: Omit<InfillRequest, "priority"> }
  | { readonly kind: "warm"; readonly request: Omit<WarmRequest, "priority"> }
  | { readonly kind: "embed"; readonly request: Omit<EmbedRequest, "priority"> };

/** A client in a process of its own, which has asked for `work`. */
function vanishingClient(fixture: HostFixture, path: string, { kind, request }: Work): ChildProcess {
  const module = (name: string) => JSON.stringify(new URL(`../../server/${name}.ts`, import.meta.url).href);
  const programs = { home: fixture.home, entry: entryPoint("host"), childEntry: entryPoint("child") };
  const program = `
    const { HostClient } = await import(${module("runtime/host/client")});
    const { systemClock: clock } = await import(${module("base/clock")});
    const { signal } = new AbortController();
    const client = new HostClient({ ...${JSON.stringify(programs)}, clock, log: { log() {} } });
    const { runtime } = await client.open({ runtime: "embedded", path: ${JSON.stringify(path)} }, signal);
    const asked = runtime.${kind}({ ...${JSON.stringify(request)}, priority: "background" }, signal);
    if (Symbol.asyncIterator in asked) void asked[Symbol.asyncIterator]().next();
  `;
  return spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: "inherit" });
}
