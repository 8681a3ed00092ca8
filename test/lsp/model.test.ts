/** The server with a model: shared with others, killed under it, and left behind in the middle of an answer. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { InitializationOptions } from "../../server/protocol/initialization.ts";
import { trustNotification } from "../../server/protocol/trust.ts";
import type { HostClient, HostMetrics } from "../../server/runtime/host/client.ts";
import { hostFixture } from "../support/host-fixture.ts";
import { LanguageClient } from "../support/language-client.ts";
import { scripted } from "../support/scripted-model.ts";

type ModelMetrics = HostMetrics["models"][number];

const uri = "file:///tmp/hearth-model.ts";
const answer = "computed(first, second);";
/** So wide that a token takes a while, and with many tokens to come. */
const slow = { width: 1024, layers: 6, feedForward: 4096, weights: "Q8_0" } as const;
const longAnswer = Array.from({ length: 60 }, (_, index) => `call${index}(); `).join("");

describe("the language server with a model", function () {
  this.timeout(60_000);
  const host = hostFixture();
  let watcher: HostClient;
  const clients: LanguageClient[] = [];

  beforeEach(async () => {
    watcher = host.client();
    await host.start();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.dispose();
    await host.dispose();
  });

  async function start(path: string, options: InitializationOptions = {}): Promise<LanguageClient> {
    const client = await LanguageClient.start({ home: host.home });
    clients.push(client);
    const settings = { "roles.complete": `embedded/${path}` };
    await client.initialize({ initializationOptions: { settings, ...options } });
    const runtime = options.trusted === false ? "builtin" : "embedded";
    await client.status(({ roles }) => roles.complete.runtime === runtime);
    await client.open(uri, "const value = \n");
    return client;
  }

  async function completed(client: LanguageClient): Promise<unknown> {
    const [item] = await client.complete(uri, { line: 0, character: 14 }, { manual: true });
    return item?.insertText;
  }

  async function model(): Promise<ModelMetrics> {
    const [found] = (await watcher.metrics())?.models ?? [];
    assert.ok(found);
    return found;
  }

  async function until(holds: (found: ModelMetrics) => boolean): Promise<void> {
    if (!holds(await model())) await until(holds);
  }

  it("completes with it, and shares it with another window", async () => {
    const path = await scripted({ infill: answer });
    const [first, second] = [await start(path), await start(path)];
    assert.deepEqual([await completed(first), await completed(second)], [answer, answer]);
    const { roles, state } = await first.status(({ state: now }) => now === "ready");
    assert.equal(state, "ready");
    assert.match(roles.complete.model, /^scripted/);
    assert.equal((await watcher.metrics())?.models.length, 1);
    assert.equal((await model()).clients, 2);
  });

  it("asks it nothing before the workspace is trusted, and then what is asked first", async () => {
    const client = await start(await scripted({ infill: answer }), { trusted: false });
    assert.equal(await completed(client), undefined);
    assert.deepEqual((await watcher.metrics())?.models, []);
    await client.connection.sendNotification(trustNotification.method, { trusted: true });
    assert.equal(await completed(client), answer);
    assert.equal((await model()).requests, 1);
  });

  it("completes again after the model's process was killed", async () => {
    const client = await start(await scripted({ infill: answer }));
    assert.equal(await completed(client), answer);
    const { pid } = await model();
    assert.ok(pid !== undefined);
    client.statuses.length = 0;
    process.kill(pid, "SIGKILL");
    const restarting = await client.status(({ state }) => state === "busy");
    assert.match(restarting.message, /^scripted\S* is loading; the built-in completer answers meanwhile/);
    assert.equal(restarting.roles.complete.runtime, "builtin");
    await until((found) => found.pid !== undefined && found.pid !== pid);
    await client.status(({ state, roles }) => state === "ready" && roles.complete.runtime === "embedded");
    await client.change(uri, 2, [{ text: "let other;\n\nconst value = \n" }]);
    const [item] = await client.complete(uri, { line: 2, character: 14 }, { manual: true });
    assert.equal(item?.insertText, answer);
  });

  it("ends cleanly in the middle of a stream, which ends too; the host serves the others on", async () => {
    const path = await scripted({ infill: longAnswer }, slow);
    const [leaving, staying] = [await start(path), await start(path)];
    void completed(leaving).catch(() => "nobody waits for it");
    await until((found) => found.generatedTokens + found.promptTokens > 0);
    leaving.process.kill("SIGTERM");
    assert.deepEqual(await leaving.exited, { code: 0, signal: null });
    assert.equal(leaving.stderr, "");
    await until((found) => found.aborts === 1 && found.clients === 1);
    assert.match(String(await completed(staying)), /^call0\(\); call1/);
  });

  it("ends a request when the person closes the file", async () => {
    const client = await start(await scripted({ infill: longAnswer }, slow));
    const answered = completed(client);
    await until((found) => found.generatedTokens + found.promptTokens > 0);
    await client.connection.sendNotification("textDocument/didClose", { textDocument: { uri } });
    assert.equal(await answered, undefined);
    await until((found) => found.aborts === 1);
  });
});
