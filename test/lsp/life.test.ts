/** The life of the server: how it starts, on which transports, and that it ends in every case. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, it } from "mocha";
import {
  InitializeRequest,
  LogMessageNotification,
  type ResponseError,
  ShutdownRequest,
} from "vscode-languageserver-protocol/node";
import { entryPoint } from "../../server/entries.ts";
import { metricsRequest } from "../../server/protocol/metrics.ts";
import { alone } from "../support/alone.ts";
import { LanguageClient, type StartOptions } from "../support/language-client.ts";

/** Ends within this time, as the process that started it expects. */
const endMs = 2000;

describe("the language server's life", () => {
  const clients: LanguageClient[] = [];

  async function start(options: StartOptions = {}): Promise<LanguageClient> {
    const client = await LanguageClient.start(options);
    clients.push(client);
    return client;
  }

  afterEach(async () => {
    for (const client of clients.splice(0)) await client.dispose();
  });

  for (const transport of ["stdio", "ipc", "socket"] as const) {
    it(`answers and ends over ${transport}`, async () => {
      const client = await start({ transport });
      const result = await client.initialize();
      assert.equal(result.serverInfo?.name, "hearth");
      assert.equal(result.capabilities.positionEncoding, "utf-16");
      assert.deepEqual(result.capabilities.executeCommandProvider?.commands, ["hearth.server.accepted"]);
      assert.deepEqual(await client.shutDown(), { code: 0, signal: null });
    });

    it(`ends when the client vanishes over ${transport}`, async () => {
      const client = await start({ transport });
      await client.initialize({ processId: null });
      const vanished = performance.now();
      if (transport === "ipc") client.process.disconnect();
      else client.connection.end();
      assert.deepEqual(await client.exited, { code: 1, signal: null });
      assert.ok(performance.now() - vanished < endMs);
    });
  }

  it("ends with status 1 on exit without shutdown", async () => {
    const client = await start();
    await client.initialize();
    await client.connection.sendNotification("exit");
    assert.deepEqual(await client.exited, { code: 1, signal: null });
  });

  it("refuses requests before initialize and after shutdown, and a second initialize", async () => {
    const client = await start();
    await assert.rejects(client.connection.sendRequest(metricsRequest.method, {}), { code: -32002 });
    await client.initialize();
    await assert.rejects(
      client.connection.sendRequest(InitializeRequest.type, {
        processId: null,
        rootUri: null,
        capabilities: {},
      }),
      { code: -32600 },
    );
    await client.connection.sendRequest(ShutdownRequest.type);
    await assert.rejects(client.connection.sendRequest(metricsRequest.method, {}), { code: -32600 });
  });

  it("says what is wrong with an initialize, and takes a better one", async () => {
    const client = await start();
    const wrong = client.connection.sendRequest(InitializeRequest.method, { processId: null });
    await assert.rejects(wrong, { code: -32602, message: /^A message has a wrong form: / });
    await assert.rejects(client.connection.sendRequest(metricsRequest.method, {}), { code: -32002 });
    await client.initialize();
    assert.deepEqual(await client.shutDown(), { code: 0, signal: null });
  });

  const uri = "file:///a.ts";
  const context = { triggerKind: 1 };
  const position = { line: 0, character: 0 };
  const wrong: readonly (readonly [method: string, params: object, named: RegExp])[] = [
    ["textDocument/inlineCompletion", { textDocument: { uri }, context }, /position/],
    ["textDocument/inlineCompletion", { textDocument: { uri }, position }, /context/],
    ["textDocument/inlineCompletion", { position, context }, /textDocument/],
    ["textDocument/inlineCompletion", { textDocument: { uri }, context, position: { line: -1 } }, />=0/],
    ["workspace/executeCommand", {}, /command/],
    ["workspace/executeCommand", { command: "hearth.server.accepted", arguments: 7 }, /arguments/],
  ];
  it("says what is missing in a request, in a sentence", async () => {
    const client = await start();
    await client.initialize();
    await client.open(uri, "one");
    for (const [method, params, named] of wrong) {
      const answer = client.connection.sendRequest(method, params);
      await assert.rejects(answer, ({ code, message }: ResponseError) => {
        assert.equal(code, -32602, message);
        assert.match(message, /^A message has a wrong form: .*$/);
        assert.match(message, named);
        return true;
      });
    }
  });

  const wrongNotes: readonly (readonly [method: string, params: object, named: RegExp])[] = [
    ["textDocument/didOpen", {}, /textDocument/],
    ["textDocument/didOpen", { textDocument: { uri, languageId: "typescript", version: 1 } }, /text/],
    ["textDocument/didChange", { textDocument: { uri, version: 2 } }, /contentChanges/],
    [
      "textDocument/didChange",
      {
        textDocument: { uri, version: 2 },
        contentChanges: [{ range: { start: { line: -1, character: 0 }, end: position }, text: "" }],
      },
      />=0/,
    ],
    ["textDocument/didClose", {}, /textDocument/],
    ["textDocument/didSave", { textDocument: {} }, /uri/],
    ["workspace/didChangeWatchedFiles", {}, /changes/],
    ["workspace/didChangeWorkspaceFolders", { event: {} }, /event\.added/],
    ["hearth/trust", { trusted: "yes" }, /trusted/],
  ];
  it("says in its log what is missing in a notification, in a line, and goes on", async () => {
    const client = await start();
    await client.initialize();
    const logged: string[] = [];
    client.connection.onNotification(LogMessageNotification.type, ({ message }) => void logged.push(message));
    await client.open(uri, "one");
    for (const [method, params] of wrongNotes) await client.connection.sendNotification(method, params);
    await client.connection.sendRequest(metricsRequest.method, {});
    const said = logged.filter((message) => message.includes("wrong form"));
    assert.equal(said.length, wrongNotes.length, logged.join("\n"));
    for (const [index, [method, , named]] of wrongNotes.entries()) {
      assert.match(said[index] ?? "", new RegExp(`'${method}'.*A message has a wrong form: .*$`));
      assert.match(said[index] ?? "", named);
      assert.ok(!said[index]?.includes("\n"));
    }
  });

  it("ends when the process of the client is killed, though its streams stay open", async () => {
    const parent = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    await once(parent, "spawn");
    const client = await start();
    await client.initialize({ processId: parent.pid ?? null });
    parent.kill("SIGKILL");
    await once(parent, "exit");
    const killed = performance.now();
    assert.deepEqual(await client.exited, { code: 1, signal: null });
    assert.ok(performance.now() - killed < endMs);
  });

  it("obeys --clientProcessId before initialize", async () => {
    const parent = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    await once(parent, "spawn");
    const client = await start({ args: [`--clientProcessId=${parent.pid}`] });
    parent.kill("SIGKILL");
    assert.deepEqual(await client.exited, { code: 1, signal: null });
  });

  it("ends cleanly on SIGTERM", async () => {
    const client = await start();
    await client.initialize();
    client.process.kill("SIGTERM");
    assert.deepEqual(await client.exited, { code: 0, signal: null });
    assert.equal(client.stderr, "");
  });
});

describe("the language server's command line", () => {
  async function check(
    args: readonly string[],
    expected: {
      readonly code: number;
      readonly stdout?: RegExp;
      readonly stderr?: RegExp;
      readonly input?: string;
    },
  ): Promise<void> {
    const child = spawn(process.execPath, [entryPoint("server"), ...args], {
      env: { ...process.env, LC_ALL: "C", ...alone },
    });
    const [stdout, stderr] = [collect(child, "stdout"), collect(child, "stderr")];
    child.stdin.on("error", () => assert.ok(child.stdin.destroyed));
    child.stdin.end(expected.input ?? "");
    const [code] = await once(child, "exit");
    assert.match(await stderr, expected.stderr ?? /^$/);
    assert.match(await stdout, expected.stdout ?? /^$/);
    assert.equal(code, expected.code);
  }

  it("prints its usage", () => check(["--help"], { code: 0, stdout: /^Usage: .*--stdio/ }));
  it("prints its version", () => check(["--version"], { code: 0, stdout: /^\d+\.\d+\.\d+\n$/ }));
  it("wants a transport", () => check([], { code: 2, stderr: /^Wrong usage: no transport/ }));
  it("wants one transport", () =>
    check(["--stdio", "--node-ipc"], { code: 2, stderr: /^Wrong usage: stdio ipc/ }));
  it("wants a port", () => check(["--socket=http"], { code: 2, stderr: /^Wrong usage: --socket=http/ }));
  it("knows its options", () => check(["--tcp"], { code: 2, stderr: /^Wrong usage: --tcp/ }));
  it("says when nobody listens", () =>
    check(["--socket=1"], { code: 1, stderr: /no way to the client: .*ECONNREFUSED/ }));
  it("says when there is no channel", () =>
    check(["--node-ipc"], { code: 1, stderr: /no way to the client/ }));
  it("ends with the input", () => check(["--stdio"], { code: 1 }));

  const garbage: Readonly<Record<string, string>> = {
    "another protocol": "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "text without end": "x".repeat(4_000_000),
    "a header without end": `Content-Type: ${"x".repeat(4_000_000)}`,
    "no length": "Content-Type: text/plain\r\n\r\n{}",
    "a length that is no number": "Content-Length: many\r\n\r\n{}",
    "an absurd length": "Content-Length: 99999999999\r\n\r\n{}",
    "binary bytes": "\u0000\u0001\u00ff\u00fe".repeat(1000),
  };
  for (const [name, input] of Object.entries(garbage)) {
    it(`says that ${name} is not the protocol`, () =>
      check(["--stdio"], { code: 1, input, stderr: /^hearth-language-server: This is not .*\n$/ }));
  }
  it("skips a body that is no JSON, says so once, and goes on", () =>
    check(["--stdio"], {
      code: 1,
      input: [frame("{nonsense"), frame("null"), frame('"text"'), frame("[]"), frame("")].join(""),
      stderr: /^hearth-language-server: [^\n]*\n$/,
    }));
  it("survives messages of a wrong shape", async () => {
    const client = await LanguageClient.start();
    try {
      const wrong = [
        '{"jsonrpc":"2.0"}',
        '{"jsonrpc":"2.0","method":"$/cancelRequest"}',
        '{"jsonrpc":"2.0","id":"a","method":"initialize"}',
        '{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{}}',
        '{"jsonrpc":"2.0","id":"b","method":"no/such/method","params":[1]}',
      ];
      client.process.stdin?.write(wrong.map(frame).join(""));
      await assert.rejects(client.connection.sendRequest("no/such/method"), { code: -32601 });
      await client.initialize({
        initializationOptions: { settings: 1, storage: 2, trusted: "x", locale: [] },
      });
      assert.deepEqual(await client.shutDown(), { code: 0, signal: null });
      assert.match(client.stderr, /^hearth-language-server: [^\n]*\n$/);
    } finally {
      await client.dispose();
    }
  });
});

function frame(body: string): string {
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

async function collect(child: ChildProcess, name: "stdout" | "stderr"): Promise<string> {
  let text = "";
  for await (const chunk of child[name]?.setEncoding("utf8") ?? []) text += String(chunk);
  return text;
}
