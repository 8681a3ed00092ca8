/** `hearth doctor`, `--version` and the shell's completion, as a shell sees them. */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import type { DoctorResult } from "../../server/protocol/doctor.ts";
import { runCli } from "../support/run-cli.ts";

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
    for (const check of checks) assert.deepEqual(Object.keys(check), ["id", "state", "found", "why", "mend"]);
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
    const { status, of } = await states("new", "--set", "nothing=1", "--set", "roles.complete=embedded/none");
    assert.equal(status, 1);
    assert.equal(of.get("settings"), "warn");
    assert.equal(of.get("roles.complete"), "fail");
  });

  it("doctor speaks to a person in lines of their own language", async () => {
    const { stdout, status } = await run("new", "doctor", "--lang", "zh-cn");
    assert.equal(status, 0);
    assert.match(stdout, /^ok {4}roles\.complete {2}内置：/m);
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
    const wrong = await run("new", "shell", "csh");
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /one of bash, zsh, fish/);
  });
});
