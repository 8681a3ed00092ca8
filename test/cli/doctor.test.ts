/** `hearth doctor`, `--version` and the shell's completion, as a shell sees them. */

import assert from "node:assert/strict";
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import type { DoctorResult } from "../../server/protocol/doctor.ts";
import { listen } from "../support/listen.ts";
import { itNeeds, posix } from "../support/needs.ts";
import { runCli } from "../support/run-cli.ts";
import { scripted } from "../support/scripted-model.ts";

describe("hearth", function () {
  this.timeout(60_000);
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hearth-doctor-"));
  });
  after(() => rm(folder, { recursive: true }));

  const run = (home: string, ...args: readonly string[]) =>
    runCli({ args, cwd: folder, env: { HEARTH_HOME: join(folder, home) } });

  async function states(home: string, ...args: readonly string[]) {
    const { stdout, status } = await run(home, "doctor", "--json", ...args);
    const { checks } = JSON.parse(stdout) as DoctorResult;
    for (const { mendActions = [], ...check } of checks) {
      assert.deepEqual(Object.keys(check), ["id", "state", "found", "why", "mend"]);
      for (const action of mendActions)
        assert.deepEqual(Object.keys(action), ["command", "arguments", "title"]);
    }
    return { status, of: new Map(checks.map(({ id, state }) => [id, state])) };
  }

  it("doctor finds a new machine in order, with a real llama.cpp", async () => {
    const { status, of } = await states("new");
    assert.equal(status, 0);
    for (const id of ["node", "home", "settings", "llama.cpp", "roles.complete"])
      assert.equal(of.get(id), "ok", id);
  });

  it("doctor fails where its folder cannot be made", async () => {
    await writeFile(join(folder, "file"), "");
    const { status, of } = await states("file/home");
    assert.equal(status, 1);
    assert.equal(of.get("home"), "fail");
  });

  it("doctor warns of settings and of a role that cannot answer", async () => {
    await mkdir(join(folder, "odd"), { mode: 0o700 });
    await writeFile(join(folder, "odd", "settings.json"), '{ "nothing": 1, "nobody": 2 }');
    const { status, of } = await states("odd", "--set", "roles.complete=embedded/none");
    assert.equal(status, 1);
    assert.equal(of.get("settings"), "warn");
    assert.equal(of.get("roles.complete"), "fail");
  });

  itNeeds(posix, "doctor says why the model did not run that was asked last", async () => {
    const program = join(folder, "llama-server");
    const help = 'case "$*" in *--help*) echo "--model --port"; exit 0;; esac';
    await writeFile(program, `#!/bin/sh\n${help}\necho "Illegal instruction (core dumped)" >&2\nexit 132\n`);
    await chmod(program, 0o755);
    const model = `llama-server/${await scripted({ infill: "return x;" })}`;
    const settings = ["--set", `roles.complete=${model}`, "--set", `runtimes.llamaServer.path=${program}`];
    const found = /^ok {4}roles\.complete {2}llama-server\//m;
    assert.match((await run("ended", "doctor", ...settings)).stdout, found, "nobody has tried yet");
    await writeFile(join(folder, "a.ts"), "const a = 1;\n");
    assert.equal((await run("ended", "complete", "a.ts:1:5", ...settings)).status, 1);
    const { stdout, status } = await run("ended", "doctor", ...settings);
    assert.equal(status, 1);
    assert.match(stdout, /^FAIL {2}roles\.complete .*\n.*built for another processor/m);
  });

  it("doctor looks at a server of OpenAI's protocol that is set, and sends it no key", async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization}`);
      response.writeHead(401).end();
    });
    const url = `http://${await listen(server)}`;
    const env = { HEARTH_HOME: join(folder, "new"), HEARTH_API_KEY: "sk-not-to-be-sent" };
    const args = ["doctor", "--set", `runtimes.openai.url=${url}/v1`];
    const alive = await runCli({ args, cwd: folder, env });
    assert.match(alive.stdout, /^ok {4}openai .*wants a key, which the doctor does not send$/m);
    assert.deepEqual(asked, ["/v1/models undefined"]);
    server.close();
    const dead = await runCli({ args, cwd: folder, env });
    assert.match(dead.stdout, /^warn {2}openai +No server of OpenAI's protocol at /m);
  });

  it("doctor speaks to a person in lines of their own language", async () => {
    const { stdout, status } = await run("new", "doctor", "--lang", "zh-cn");
    assert.equal(status, 0);
    assert.match(stdout, /^ok {4}roles\.complete {2}内置（/m);
  });

  it("doctor passes over the models of tests, and names the models folder and the workspace", async () => {
    const models = join(folder, "tiny", "models");
    await mkdir(models, { recursive: true, mode: 0o700 });
    await copyFile("test/fixtures/models/seedling-q8_0.gguf", join(models, "seedling.gguf"));
    const workspace = join(folder, "workspace");
    await mkdir(workspace);
    await writeFile(join(workspace, "a.ts"), "export const one = 1;\n");
    const { stdout } = await run("tiny", "doctor", "--root", workspace);
    assert.match(stdout, /^ok {4}models +.*models: one model$/m);
    assert.match(stdout, /^warn {2}roles\.complete +built in \(.*\n +seedling is not taken by itself: /m);
    assert.match(stdout, /^ok {4}workspace +.*workspace \(files read: 1, left out: 0\)$/m);
    const asked = await run("tiny", "complete", join(workspace, "a.ts:2:1"), "--json");
    assert.doesNotMatch(asked.stdout, /embedded|seedling/);
  });

  it("doctor refuses a root that is not there", async () => {
    const { status, stderr } = await run("new", "doctor", "--root", "nowhere");
    assert.equal(status, 1);
    assert.match(stderr, /There is no folder nowhere/);
  });

  it("doctor keeps its columns, however many things are wrong with one check", async () => {
    const { stdout } = await run("odd", "doctor");
    assert.match(stdout, /^warn {2}settings {8}2 problems\n {22}- nothing .*\n {22}- nobody /m);
  });

  it("--version is that of the package", async () => {
    const { stdout } = await run("new", "--version");
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it("a shell completes verbs and flags", async () => {
    assert.equal((await run("new", "__complete", "--", "do")).stdout, "doctor\n");
    assert.equal((await run("new", "__complete", "--", "complete", "--std")).stdout, "--stdin\n");
    for (const shell of ["bash", "zsh", "fish"]) {
      assert.match((await run("new", "shell", shell)).stdout, /hearth __complete --/);
    }
    const { stdout: help } = await run("new", "shell", "--help");
    for (const file of ["~/.bashrc", "~/.zshrc", "~/.config/fish/config.fish"]) {
      assert.ok(help.includes(file), help);
    }
    for (const line of help.split("\n")) assert.ok(line.length <= 80, line);
    const wrong = await run("new", "shell", "csh");
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /one of bash, zsh, fish/);
  });
});
