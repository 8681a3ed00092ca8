/** Finding runtimes: who answers is believed only when it says what only that runtime says. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, it } from "mocha";
import { findLlamaServer } from "../../../../server/runtime/discovery/find-llama-server.ts";
import { findOllama, ollamaAddress } from "../../../../server/runtime/discovery/find-ollama.ts";
import { itNeeds, posix } from "../../../support/needs.ts";

const never = new AbortController().signal;
const servers: Server[] = [];
let asked: string[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
  asked = [];
});

/** A stand-in that answers JSON by path; a string is sent as it is, `undefined` never answers. */
async function standIn(answers: Readonly<Record<string, unknown>>, status = 200): Promise<string> {
  const listener: RequestListener = (request, response) => {
    asked.push(request.url ?? "");
    const answer = answers[request.url ?? ""];
    if (answer === "silent") return;
    if (answer === undefined) response.writeHead(404).end();
    else response.writeHead(status).end(typeof answer === "string" ? answer : JSON.stringify(answer));
  };
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("findOllama", () => {
  const offline = true;

  it("finds it with its version and models", async () => {
    const host = await standIn({
      "/api/version": { version: "0.24.0" },
      "/api/tags": { models: [{ name: "qwen2.5-coder:1.5b", size: 1 }] },
    });
    assert.deepEqual(await findOllama({ host, offline }, never), {
      kind: "found",
      url: host,
      version: "0.24.0",
      models: ["qwen2.5-coder:1.5b"],
    });
  });
  for (const [name, answer] of [
    ["text", "Hello"],
    ["another JSON", { hello: 1 }],
    ["a version that is none", { version: "latest" }],
    ["more than an answer may be", `{"version": "1.0.0", "pad": "${"x".repeat(5_000_000)}"}`],
  ] as const) {
    it(`takes ${name} for a stranger and asks nothing more`, async () => {
      const host = await standIn({ "/api/version": answer });
      assert.deepEqual(await findOllama({ host, offline }, never), { kind: "stranger", url: host });
      assert.deepEqual(asked, ["/api/version"]);
    });
  }
  it("tells one that says nothing from none, soon", async () => {
    const host = await standIn({ "/api/version": "silent" });
    const started = performance.now();
    assert.deepEqual(await findOllama({ host, offline }, never), { kind: "late", url: host });
    assert.ok(performance.now() - started < 5000);
    const gone = "http://127.0.0.1:9";
    assert.deepEqual(await findOllama({ host: gone, offline }, never), { kind: "absent", url: gone });
  });
  it("follows no redirection", async () => {
    const target = await standIn({ "/api/version": { version: "9.9.9" } });
    const server = createServer((_, response) =>
      response.writeHead(302, { location: `${target}/api/version` }).end(),
    );
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    assert.notEqual((await findOllama({ host, offline }, never)).kind, "found");
    assert.deepEqual(asked, []);
  });
  it("goes through no proxy, though Node itself was told to", async () => {
    const host = await standIn({
      "/api/version": { version: "0.24.0" },
      "/api/tags": { models: [] },
    });
    const proxy = await standIn({});
    const module = new URL("../../../../server/runtime/discovery/find-ollama.ts", import.meta.url);
    const program = `import { findOllama } from ${JSON.stringify(module.href)};
      const found = await findOllama({ host: ${JSON.stringify(host)}, offline: true }, new AbortController().signal);
      console.log(found.kind);`;
    const env = {
      ...process.env,
      NODE_USE_ENV_PROXY: "1",
      HTTP_PROXY: proxy,
      http_proxy: proxy,
      NO_PROXY: "",
    };
    const args = ["--input-type=module", "-e", program];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    assert.equal(stdout.trim(), "found");
    assert.deepEqual(asked, ["/api/version", "/api/tags"]);
  });
  it("asks no other machine while offline", async () => {
    const finding = await findOllama({ host: "gpu.example:11434", offline }, never);
    assert.deepEqual(finding, { kind: "not-asked", url: "http://gpu.example:11434" });
  });
  for (const [host, url] of [
    [undefined, "http://127.0.0.1:11434/"],
    ["", "http://127.0.0.1:11434/"],
    ["0.0.0.0", "http://127.0.0.1:11434/"],
    ["0.0.0.0:8000", "http://127.0.0.1:8000/"],
    ["[::]:8000", "http://[::1]:8000/"],
    ["gpu", "http://gpu:11434/"],
    ["gpu:80", "http://gpu/"],
    ["https://gpu", "https://gpu/"],
    ["http://gpu:1/", "http://gpu:1/"],
    ["not a host", "http://127.0.0.1:11434/"],
  ] as const) {
    it(`reads OLLAMA_HOST=${host}`, () => assert.equal(ollamaAddress(host).href, url));
  }
});

describe("findLlamaServer", () => {
  it("finds one that answers, by what only it says", async () => {
    const url = await standIn({ "/props": { default_generation_settings: {}, model_path: "m.gguf" } });
    assert.deepEqual(await findLlamaServer({ searchPath: "", url }, never), {
      running: { url, model: "m.gguf" },
    });
  });
  it("takes nothing else for it", async () => {
    const url = await standIn({ "/props": { model_path: "m.gguf" } });
    assert.deepEqual(await findLlamaServer({ searchPath: "", url }, never), {
      instead: { url, kind: "stranger" },
    });
  });
  itNeeds(posix, "finds the program on PATH, and only one that can be run", async () => {
    const url = "http://127.0.0.1:9";
    const [first, second] = [
      await mkdtemp(join(tmpdir(), "hearth-")),
      await mkdtemp(join(tmpdir(), "hearth-")),
    ];
    await writeFile(join(first, "llama-server"), "");
    await writeFile(join(second, "llama-server"), "");
    await chmod(join(second, "llama-server"), 0o755);
    const searchPath = `${first}:${second}`;
    assert.deepEqual(await findLlamaServer({ searchPath, url }, never), {
      path: join(second, "llama-server"),
    });
    await Promise.all([first, second].map((folder) => rm(folder, { recursive: true })));
  });
});
