/** Questions by way of the language server: streamed part by part, stopped, refused and told in words. */

import assert from "node:assert/strict";
import { resolve } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { CancellationTokenSource } from "vscode-languageserver-protocol/node";
import {
  type ChatParams,
  type ChatPart,
  type ChatPartParams,
  type ChatResult,
  chatPartNotification,
  chatRequest,
} from "../../server/protocol/chat.ts";
import type { InitializationOptions } from "../../server/protocol/initialization.ts";
import { trustNotification } from "../../server/protocol/trust.ts";
import type { HostClient, HostMetrics } from "../../server/runtime/host/client.ts";
import { hostFixture } from "../support/host-fixture.ts";
import { LanguageClient } from "../support/language-client.ts";
import { startLlamaServer } from "../support/llama-server-process.ts";
import { itNeeds } from "../support/needs.ts";
import { startOllama } from "../support/ollama-process.ts";
import { realLlamaServer, realOllama } from "../support/real-runtimes.ts";
import { scripted } from "../support/scripted-model.ts";

const uri = "file:///tmp/hearth-chat.ts";
const seedling = resolve("test/fixtures/models/seedling-q8_0.gguf");
const chat = "<think>plan the plan</think>Answer\n\tin two lines";
/** So wide that a token takes a while, and with many tokens to come. */
const slow = { width: 1024, layers: 2, feedForward: 4096, weights: "Q8_0" } as const;
const long = `<think>so</think>${Array.from({ length: 150 }, (_, index) => `word${index} `).join("")}`;

type Settings = Readonly<Record<string, unknown>>;

describe("chat by way of the language server", function () {
  this.timeout(120_000);
  const host = hostFixture();
  let watcher: HostClient;
  const closing: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    watcher = host.client();
    await host.start();
  });
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
    await host.dispose();
  });

  interface Window {
    readonly client: LanguageClient;
    readonly parts: ChatPart[];
    readonly ask: (
      params?: Partial<ChatParams>,
      token?: CancellationTokenSource["token"],
    ) => Promise<ChatResult>;
  }

  async function open(settings: Settings, options: InitializationOptions = {}): Promise<Window> {
    const client = await LanguageClient.start({ home: host.home });
    closing.push(() => client.dispose());
    const parts: ChatPart[] = [];
    client.connection.onNotification(chatPartNotification.method, ({ id, part }: ChatPartParams) => {
      assert.equal(id, "one");
      parts.push(part);
    });
    const all = { "roles.complete": "builtin/ngram", ...settings };
    await client.initialize({ initializationOptions: { settings: all, ...options } });
    return {
      client,
      parts,
      ask: (params = {}, token) =>
        client.connection.sendRequest(
          chatRequest.method,
          { id: "one", question: "Why?", ...params },
          ...(token ? [token] : []),
        ),
    };
  }

  const reasoning = async (): Promise<Settings> => ({
    "roles.reason": `embedded/${await scripted({ chat })}`,
  });

  function text(parts: readonly ChatPart[], wanted: ChatPart["kind"]): string {
    return parts.map((part) => (part.kind === wanted && "text" in part ? part.text : "")).join("");
  }

  async function model(): Promise<HostMetrics["models"][number] | undefined> {
    return (await watcher.metrics())?.models[0];
  }

  async function until(holds: (found: HostMetrics["models"][number] | undefined) => boolean): Promise<void> {
    if (!holds(await model())) await until(holds);
  }

  it("streams what is shown, the thoughts, the answer and what it cost", async () => {
    const { client, parts, ask } = await open(await reasoning());
    await client.open(uri, "one();\ntwo();\nthree();\n");
    const result = await ask({ sources: [{ uri, startLine: 2, endLine: 9 }] });
    assert.equal(result.outcome, "answered");
    assert.match(result.model ?? "", /^scripted/);
    const rest = parts.filter(({ kind }) => kind !== "progress");
    assert.deepEqual(rest[0], {
      kind: "sources",
      items: [{ uri, path: "hearth-chat.ts", startLine: 2, endLine: 4, why: "given" }],
    });
    assert.equal(text(parts, "reasoning-delta").trim(), "plan the plan");
    assert.equal(text(parts, "text-delta"), "Answer\n\tin two lines");
    const end = rest.at(-1);
    assert.ok(end?.kind === "stream-end");
    assert.deepEqual([end.reason, end.dropped], ["stop", []]);
    assert.ok(end.usage.prompt > 10 && end.usage.reasoning > 0 && end.usage.generated > end.usage.reasoning);
  });

  it("says what is waited for while the model loads", async () => {
    const { parts, ask } = await open({ "roles.reason": `embedded/${await scripted({ chat: long }, slow)}` });
    await ask();
    const [first] = parts;
    assert.ok(first?.kind === "progress", JSON.stringify(first));
    assert.match(first.text, /^Loading scripted-\w+: \d+ %$/);
  });

  it("thinks no longer than it may", async () => {
    const { parts, ask } = await open(await reasoning());
    await ask({ thinking: 0 });
    assert.equal(text(parts, "reasoning-delta"), "");
    assert.match(text(parts, "text-delta"), /^Answer/);
  });

  it("shows the characters that nobody sees as their numbers", async () => {
    const { parts, ask } = await open({
      "roles.reason": `embedded/${await scripted({ chat: "<think>a\u200bb</think>c\u202ed\u{e0041}" })}`,
    });
    await ask();
    assert.equal(text(parts, "reasoning-delta").trim(), "a\\u{200b}b");
    assert.equal(text(parts, "text-delta"), "c\\u{202e}d\\u{e0041}");
  });

  it("stops the model when the request is cancelled, and says how far it came", async () => {
    const { client, parts, ask } = await open({
      "roles.reason": `embedded/${await scripted({ chat: long }, slow)}`,
    });
    const token = new CancellationTokenSource();
    client.connection.onNotification(chatPartNotification.method, ({ part }: ChatPartParams) => {
      parts.push(part);
      if (part.kind === "text-delta") token.cancel();
    });
    const { outcome } = await ask({}, token.token);
    assert.equal(outcome, "cancelled");
    await until((found) => found?.aborts === 1);
    const end = parts.at(-1);
    assert.ok(end?.kind === "stream-end" && end.reason === "aborted", JSON.stringify(end));
    assert.ok(text(parts, "text-delta").split(" ").length < 100, text(parts, "text-delta"));
  });

  it("says that the model's process has ended in mid-stream, behind what had come", async () => {
    const { client, parts, ask } = await open({
      "roles.reason": `embedded/${await scripted({ chat: long }, slow)}`,
    });
    const started = Promise.withResolvers<void>();
    client.connection.onNotification(chatPartNotification.method, ({ part }: ChatPartParams) => {
      parts.push(part);
      if (part.kind === "text-delta") started.resolve();
    });
    const asked = ask();
    await started.promise;
    const pid = (await model())?.pid;
    assert.ok(pid !== undefined);
    process.kill(pid, "SIGKILL");
    const { outcome, error } = await asked;
    assert.deepEqual([outcome, error?.code], ["failed", "runtime-crashed"]);
    assert.match(error?.mend ?? "", /roles\.reason/);
    assert.match(text(parts, "text-delta"), /^word0 /);
    assert.notEqual(parts.at(-1)?.kind, "stream-end");
  });

  it("asks no model before the workspace is trusted, and none any more when it no longer is", async () => {
    const settings = { "roles.reason": `embedded/${await scripted({ chat: long }, slow)}` };
    const { client, parts, ask } = await open(settings, { trusted: false });
    const { outcome, error } = await ask();
    assert.deepEqual([outcome, error?.code, parts], ["failed", "untrusted", []]);
    assert.match(error?.message ?? "", /is not trusted/);
    assert.deepEqual((await watcher.metrics())?.models, []);
    await client.connection.sendNotification(trustNotification.method, { trusted: true });
    client.connection.onNotification(chatPartNotification.method, ({ part }: ChatPartParams) => {
      if (part.kind === "text-delta")
        void client.connection.sendNotification(trustNotification.method, { trusted: false });
    });
    assert.equal((await ask()).outcome, "cancelled");
    await until((found) => found?.aborts === 1);
    assert.equal((await ask()).error?.code, "untrusted");
  });

  const failures: readonly {
    readonly what: string;
    readonly role: string;
    readonly code: string;
    readonly says: RegExp;
    readonly mends: RegExp;
    readonly buttons: readonly string[];
  }[] = [
    {
      what: "no model",
      role: "auto",
      code: "model-not-found",
      says: /There is no model that reasons\.$/,
      mends: /^Run hearth plan/,
      buttons: ["hearth.plan", "hearth.openSettings"],
    },
    {
      what: "a file that is not there",
      role: "embedded//nowhere/r1.gguf",
      code: "model-not-found",
      says: /r1\.gguf/,
      mends: /^Correct roles\.reason: /,
      buttons: ["hearth.plan", "hearth.openSettings"],
    },
    {
      what: "the built-in completer",
      role: "builtin/ngram",
      code: "capability-missing",
      says: /answers no questions\.$/,
      mends: /roles\.reason/,
      buttons: ["hearth.plan", "hearth.openSettings"],
    },
    {
      what: "a model that cannot chat",
      role: `embedded/${seedling}`,
      code: "capability-missing",
      says: /has no chat template/,
      mends: /roles\.reason/,
      buttons: ["hearth.plan", "hearth.openSettings"],
    },
  ];
  for (const { what, role, code, says, mends, buttons } of failures) {
    it(`says what is wrong with ${what}, and offers what mends it`, async () => {
      const { parts, ask } = await open({ "roles.reason": role });
      const { outcome, error } = await ask();
      assert.deepEqual([outcome, error?.code, text(parts, "text-delta")], ["failed", code, ""]);
      assert.match(error?.message ?? "", says);
      assert.match(error?.mend ?? "", mends);
      assert.deepEqual(
        error?.mendActions.map(({ command }) => command),
        buttons,
      );
    });
  }

  it("has no answer for what is no question", async () => {
    const { ask } = await open({});
    for (const params of [{ question: "  " }, { sources: [{ uri, startLine: 0, endLine: 1 }] }, { id: "" }]) {
      await assert.rejects(ask(params), /A message has a wrong form/);
    }
  });

  const name = "scripted-r1";
  const runtimes = [
    {
      runtime: "llama-server",
      need: realLlamaServer.need,
      async serve(path: string) {
        const process = await startLlamaServer({ path, contextTokens: 4096, task: "generate" }, [
          "--alias",
          name,
        ]);
        return { process, idle: () => process.idle(), setting: "runtimes.llamaServer.url" };
      },
    },
    {
      runtime: "ollama",
      need: realOllama.need,
      async serve(path: string) {
        const process = await startOllama();
        await process.create(name, path);
        return { process, idle: () => process.idle(name), setting: "runtimes.ollama.url" };
      },
    },
  ];
  for (const { runtime, need, ...served } of runtimes) {
    itNeeds(need, `streams what a real ${runtime} answers, and stops it in mid-stream`, async () => {
      const { process, idle, setting } = await served.serve(
        await scripted({ chat: long }, { ...slow, name }),
      );
      closing.push(() => process.stop());
      const { client, parts, ask } = await open({
        "roles.reason": `${runtime}/${name}`,
        [setting]: process.url,
      });
      assert.deepEqual(await ask(), { outcome: "answered", model: name });
      assert.equal(text(parts, "reasoning-delta").trim(), "so");
      assert.equal(text(parts, "text-delta").trim(), long.replace(/^.*<\/think>/, "").trim());
      parts.length = 0;
      const token = new CancellationTokenSource();
      client.connection.onNotification(chatPartNotification.method, ({ part }: ChatPartParams) => {
        parts.push(part);
        if (part.kind === "text-delta") token.cancel();
      });
      assert.equal((await ask({}, token.token)).outcome, "cancelled");
      await idle();
      assert.ok(text(parts, "text-delta").length < long.length / 2, text(parts, "text-delta"));
    });
  }
});
