/** Settings, trust, language and log of the language server, as a client sees them. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, it } from "mocha";
import {
  ConfigurationRequest,
  DidChangeConfigurationNotification,
  InitializeRequest,
  LogMessageNotification,
  type RegistrationParams,
  RegistrationRequest,
  ShowMessageNotification,
} from "vscode-languageserver-protocol/node";
import { type DoctorResult, doctorRequest } from "../../server/protocol/doctor.ts";
import type { InitializationOptions } from "../../server/protocol/initialization.ts";
import { trustNotification } from "../../server/protocol/trust.ts";
import { LanguageClient, type StartOptions } from "../support/language-client.ts";

const uri = "file:///tmp/hearth-configuration.ts";
const text = `${"const value = computeTheValue(first, second);\n".repeat(4)}const value = computeTheValue(`;
const cursor = { line: 4, character: 30 };
const notTrusted = "This workspace is not trusted: no model is used.";
const asksClient = { workspace: { configuration: true } };

describe("the language server's configuration", () => {
  const clients: LanguageClient[] = [];
  let shown: string[] = [];
  let logged: string[] = [];
  let onShown = (_message: string) => {};

  async function start(options: StartOptions = {}): Promise<LanguageClient> {
    const client = await LanguageClient.start(options);
    clients.push(client);
    shown = [];
    logged = [];
    client.connection.onNotification(ShowMessageNotification.type, ({ message }) => {
      shown.push(message);
      onShown(message);
    });
    client.connection.onNotification(LogMessageNotification.type, ({ message }) => {
      logged.push(message);
    });
    return client;
  }

  afterEach(async () => {
    for (const client of clients.splice(0)) await client.dispose();
  });

  async function completes(client: LanguageClient): Promise<boolean> {
    const version = String(clients.length);
    await client.open(`${uri}${version}`, text);
    return (await client.complete(`${uri}${version}`, cursor)).length > 0;
  }

  async function begin(client: LanguageClient, initializationOptions: InitializationOptions): Promise<void> {
    await client.initialize({ initializationOptions });
  }

  it("takes settings from initializationOptions, flat or nested", async () => {
    const flat = await start();
    await begin(flat, { settings: { "completion.enabled": false } });
    assert.equal(await completes(flat), false);
    assert.equal((await flat.status(() => true)).state, "paused");
    const nested = await start();
    await begin(nested, { settings: { hearth: { completion: { languages: { typescript: false } } } } });
    assert.equal(await completes(nested), false);
  });

  it("lays the client's configuration over them, and follows its changes", async () => {
    const client = await start();
    let configuration: object = { "completion.enabled": true };
    client.connection.onRequest(ConfigurationRequest.type, ({ items }) => {
      assert.deepEqual(items, [{ section: "hearth" }]);
      return [configuration];
    });
    const initializationOptions = { settings: { "completion.enabled": false } };
    await client.initialize({ capabilities: asksClient, initializationOptions });
    assert.equal(await completes(client), true);
    configuration = { completion: { enabled: false } };
    await client.connection.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
    const paused = await client.status(({ state }) => state === "paused");
    assert.deepEqual(paused.mend, { title: "Turn it on", command: "hearth.toggle" });
    assert.equal(await completes(client), false);
  });

  it("asks to be told of changes where a client wants to be asked for that", async () => {
    const client = await start();
    const asked = Promise.withResolvers<RegistrationParams>();
    client.connection.onRequest(RegistrationRequest.type, asked.resolve);
    await client.initialize({
      capabilities: { workspace: { didChangeConfiguration: { dynamicRegistration: true } } },
    });
    const [registration, ...others] = (await asked.promise).registrations;
    assert.deepEqual(others, []);
    assert.equal(registration?.method, DidChangeConfigurationNotification.method);
    assert.deepEqual(registration.registerOptions, { section: "hearth" });
  });

  it("names a few of any number of wrong settings, and counts the rest", async () => {
    const client = await start();
    await begin(client, {
      settings: Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`x${at}`, 1])),
    });
    assert.equal(await completes(client), true);
    assert.equal(shown.length, 1, shown.slice(0, 9).join("\n"));
    assert.match(shown[0] ?? "", /^Hearth: Some settings are not used\. \(1\) x0 in .*\(5\) x4 in /);
    assert.match(shown[0] ?? "", /\(6\) Further problems with settings: 4995\.$/);
  });

  it("takes pushed settings from a client that cannot be asked", async () => {
    const client = await start();
    await begin(client, {});
    assert.equal(await completes(client), true);
    const settings = { hearth: { completion: { enabled: false } } };
    await client.connection.sendNotification(DidChangeConfigurationNotification.type, { settings });
    await client.status(({ state }) => state === "paused");
  });

  it("loses no settings that are pushed before it has started", async () => {
    const client = await start();
    const settings = { hearth: { completion: { enabled: false } } };
    await Promise.all([
      client.initialize(),
      client.connection.sendNotification(DidChangeConfigurationNotification.type, { settings: {} }),
    ]);
    await client.connection.sendNotification(DidChangeConfigurationNotification.type, { settings });
    await client.status(({ state }) => state === "paused");
  });

  it("loses no settings that are pushed before `initialized`", async () => {
    const client = await start();
    const params = { processId: null, rootUri: null, capabilities: {} };
    await client.connection.sendRequest(InitializeRequest.type, params);
    const settings = { hearth: { completion: { enabled: false } } };
    await client.connection.sendNotification(DidChangeConfigurationNotification.type, { settings });
    await client.status(({ state }) => state === "paused");
  });

  it("starts with what it has when a client announces its configuration and never sends it", async () => {
    const client = await start();
    client.connection.onRequest(ConfigurationRequest.type, () => new Promise<never[]>(() => {}));
    await client.initialize({ capabilities: asksClient });
    assert.equal(await completes(client), true);
  });

  it("takes the settings of a client that sends them late", async () => {
    const client = await start();
    const late = Promise.withResolvers<object[]>();
    client.connection.onRequest(ConfigurationRequest.type, () => late.promise);
    await client.initialize({ capabilities: asksClient });
    assert.equal(await completes(client), true);
    late.resolve([{ completion: { enabled: false } }]);
    await client.status(({ state }) => state === "paused");
    assert.equal(await completes(client), false);
  });

  it("names each wrong value once, ignores it and keeps the default", async () => {
    const client = await start();
    const settings = { "completion.enabled": "yes", "completion.maxTokens": 4096, complétion: {} };
    await begin(client, { settings });
    assert.equal(await completes(client), true);
    const named = Promise.withResolvers<void>();
    onShown = (message) => {
      if (message.includes("index.enabled")) named.resolve();
    };
    await client.connection.sendNotification(DidChangeConfigurationNotification.type, {
      settings: { hearth: { "index.enabled": 7 } },
    });
    await named.promise;
    assert.equal(shown.length, 2, shown.join("\n"));
    assert.match(
      shown[0] ?? "",
      /^Hearth: Some settings are not used\. \(1\) completion\.enabled in .* must be true or false, not "yes"; it is ignored.* \(2\) .* \(3\) /,
    );
    assert.match(shown[1] ?? "", /^Hearth: index\.enabled in /);
    const { checks } = await client.connection.sendRequest<DoctorResult>(doctorRequest.method, {});
    const check = checks.find(({ id }) => id === "settings");
    assert.equal(check?.state, "warn");
    const sentences = check.why.split("\n");
    assert.equal(sentences.length, 4);
    for (const sentence of sentences) assert.ok(shown.join("\n").includes(sentence), sentence);
  });

  it("reads settings.json of its folder, and of the folder that `storage` names", async () => {
    const storage = await mkdtemp(join(tmpdir(), "hearth-storage-"));
    await writeFile(join(storage, "settings.json"), '{"completion.enabled": false}');
    const client = await start();
    await begin(client, { storage });
    assert.equal(await completes(client), false);
    await client.shutDown();
    assert.match(await readFile(join(storage, "logs", "server.log"), "utf8"), /serves/);
    await rm(storage, { recursive: true });
  });

  it("speaks Chinese to a person who does", async () => {
    const client = await start();
    await begin(client, { locale: "zh-cn" });
    const { roles } = await client.status(() => true);
    assert.match(roles.complete.label, /内置/);
    await client.open(uri, "one");
    await assert.rejects(client.complete(uri, { line: 9, character: 0 }), /10.*1/);
  });

  it("asks no model before the workspace is trusted, and says so", async () => {
    const client = await start();
    const settings = { "roles.complete": "embedded/no-such-model" };
    await begin(client, { settings, trusted: false });
    assert.equal(await completes(client), true);
    const before = await client.status(() => true);
    assert.equal(before.state, "ready");
    assert.equal(before.message, notTrusted);
    assert.ok(!client.statuses.some(({ state }) => state === "failed"));
    const host = join(client.home, "run");
    assert.equal(existsSync(host), false, "the host of models was started");
    await client.connection.sendNotification(trustNotification.method, { trusted: true });
    const { mend, message } = await client.status(({ state }) => state === "failed");
    assert.match(message, /no-such-model/);
    assert.equal(existsSync(host), true, "a model was asked: control");
    assert.equal(mend?.command, "hearth.doctor");
    assert.equal(await completes(client), true, "the built-in completer stands in");
    client.statuses.length = 0;
    await client.connection.sendNotification(trustNotification.method, { trusted: false });
    assert.equal((await client.status(() => true)).message, notTrusted);
  });

  it("answers hearth/doctor in the person's language", async () => {
    const client = await start({ env: { PATH: "" } });
    await begin(client, { locale: "zh-cn" });
    const { checks } = await client.connection.sendRequest<DoctorResult>(doctorRequest.method, {});
    const role = checks.find(({ id }) => id === "roles.complete");
    assert.deepEqual([role?.state, role?.found], ["ok", "内置（从此工作区学习）"]);
    assert.ok(checks.length >= 6);
  });

  it("logs to the client from the level on that is set", async () => {
    const quiet = await start();
    await begin(quiet, { settings: { "log.level": "off" } });
    await completes(quiet);
    assert.deepEqual(
      logged.filter((message) => !message.includes("serves")),
      [],
    );
    const loud = await start();
    await begin(loud, { settings: { "log.level": "debug" } });
    await loud.connection.sendNotification("textDocument/didChange", {
      textDocument: { uri: "file:///not-open", version: 2 },
      contentChanges: [],
    });
    await completes(loud);
    assert.ok(logged.some((message) => message.includes("file:///not-open")));
  });

  it("works with a log that cannot be written, and says so once", async () => {
    const client = await start();
    await mkdir(client.home, { recursive: true });
    await writeFile(join(client.home, "logs"), "");
    await begin(client, {});
    assert.equal(await completes(client), true);
    assert.deepEqual(await client.shutDown(), { code: 0, signal: null });
    assert.match(client.stderr, /^hearth-language-server: Nothing more is written to [^\n]*\n$/);
  });

  it("works with a HEARTH_HOME that cannot be made", async () => {
    const client = await start({ env: { HEARTH_HOME: "/dev/null/hearth" } });
    await begin(client, {});
    assert.equal(await completes(client), true);
    assert.deepEqual(await client.shutDown(), { code: 0, signal: null });
  });
});
