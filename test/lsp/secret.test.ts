/** The API key by way of the client: asked for once a model is opened, for the origin that the settings name. */

import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { DidChangeConfigurationNotification } from "vscode-languageserver-protocol";
import { type SecretParams, type SecretResult, secretRequest } from "../../server/protocol/secret.ts";
import { hostFixture } from "../support/host-fixture.ts";
import { LanguageClient } from "../support/language-client.ts";
import { openAiStandIn, type StandIn, textEvents, vllm } from "../support/openai-stand-in.ts";

const uri = "file:///tmp/hearth-secret.ts";
const model = "Qwen/Qwen2.5-Coder-7B";
const answers = vllm(model, {
  "/v1/completions": () => ({ events: textEvents("computed(first, second);") }),
});

describe("the language server and a server that wants a key", function () {
  this.timeout(60_000);
  const host = hostFixture();
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    await host.dispose();
  });

  async function standIn(): Promise<StandIn> {
    const server = await openAiStandIn(answers);
    closing.push(() => server.dispose());
    return server;
  }

  const settingsFor = ({ url }: StandIn) => ({
    "roles.complete": `openai/${model}`,
    "runtimes.openai.url": url,
  });

  it("takes the key from the client, for that origin, and another for another", async () => {
    const [first, second] = [await standIn(), await standIn()];
    const client = await LanguageClient.start({ home: host.home });
    closing.push(() => client.dispose());
    const origins: string[] = [];
    client.connection.onRequest(secretRequest.method, ({ origin }: SecretParams): SecretResult => {
      origins.push(origin);
      return origin === first.url ? { value: "k3y" } : {};
    });
    await client.initialize({ initializationOptions: { settings: settingsFor(first) } });
    await client.status(({ state, roles }) => state === "ready" && roles.complete.runtime === "openai");
    await client.open(uri, "const value = \n");
    const [item] = await client.complete(uri, { line: 0, character: 14 }, { manual: true });
    assert.ok(JSON.stringify(item).includes("computed(first"));
    assert.deepEqual(origins, [first.url]);
    assert.ok(first.asked.every(({ headers }) => headers.authorization === "Bearer k3y"));
    assert.ok(first.asked.every(({ headers }) => /^[\w-]{22}$/.test(String(headers["x-session-id"]))));

    const settings = { hearth: settingsFor(second) };
    await client.connection.sendNotification(DidChangeConfigurationNotification.type, { settings });
    while (second.asked.length === 0) await new Promise(setImmediate);
    assert.deepEqual(origins, [first.url, second.url]);
    assert.ok(second.asked.every(({ headers }) => headers.authorization === undefined));
  });
});
