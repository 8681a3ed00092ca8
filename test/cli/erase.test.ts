/** `hearth erase`, as a shell sees it: all that Hearth has put there goes, and nothing else. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { tryLock } from "../../server/base/file-lock.ts";
import { ggufBytes } from "../support/gguf-fixtures.ts";
import { gone, hostFixture, never } from "../support/host-fixture.ts";
import { runCli } from "../support/run-cli.ts";
import { scripted } from "../support/scripted-model.ts";

describe("hearth erase", function () {
  this.timeout(60_000);
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hearth-erase-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const home = (...path: readonly string[]) => join(folder, "home", ...path);

  async function hearth(args: readonly string[], place = home()) {
    const { status, stdout, stderr } = await runCli({
      args: [...args, "--json"],
      cwd: folder,
      env: { HEARTH_HOME: place },
    });
    const json = JSON.parse(stdout) as Record<string, unknown> & {
      readonly error?: { readonly code: string };
    };
    return { status, stderr, json, code: json.error?.code };
  }

  async function used(): Promise<void> {
    await writeFile(join(folder, "own-q8_0.gguf"), ggufBytes());
    assert.equal((await hearth(["models", "import", "own-q8_0.gguf"])).status, 0);
    await writeFile(home("settings.json"), "{}");
    await mkdir(home("logs"), { recursive: true });
    await writeFile(home("logs", "server.log"), "words");
  }

  it("leaves nothing of a home that was used, and says what it takes first", async () => {
    await used();
    const { status, stderr, json } = await hearth(["erase", "--yes"]);
    assert.deepEqual([status, json["erased"], json["kept"]], [0, true, []]);
    assert.match(stderr, /will be erased for good: .*logs, models, run, settings\.json/);
    assert.ok(!existsSync(home()));
    assert.deepEqual((await hearth(["erase", "--yes"])).json["erased"], false);
  });

  it("says what it would erase, and erases nothing", async () => {
    await used();
    const { status, json } = await hearth(["erase", "--dry-run"]);
    assert.equal(status, 0);
    assert.deepEqual(json["entries"], ["logs", "models", "run", "settings.json"]);
    assert.equal(json["erased"], false);
    assert.ok(Number(json["bytes"]) > 0);
    assert.ok(existsSync(home("models", "own-q8_0.gguf")));
  });

  it("erases nothing where nobody has said yes", async () => {
    await used();
    const { status, code } = await hearth(["erase"]);
    assert.deepEqual([status, code], [1, "nobody-asked"]);
    assert.ok(existsSync(home("models", "own-q8_0.gguf")));
  });

  it("leaves models that somebody else has put there, and what links lead to", async () => {
    await used();
    await writeFile(home("models", "theirs.gguf"), "theirs");
    await mkdir(join(folder, "elsewhere"));
    await writeFile(join(folder, "elsewhere", "file"), "mine");
    await symlink(join(folder, "elsewhere"), home("index"));
    await symlink(join(folder, "elsewhere"), home("logs", "more"));
    const { status, json } = await hearth(["erase", "--yes"]);
    assert.deepEqual([status, json["kept"]], [0, [home("models", "theirs.gguf")]]);
    assert.equal(await readFile(home("models", "theirs.gguf"), "utf8"), "theirs");
    assert.equal(await readFile(join(folder, "elsewhere", "file"), "utf8"), "mine");
    for (const path of ["index", "logs", "run", "settings.json", join("models", "own-q8_0.gguf")])
      assert.ok(!existsSync(home(path)), path);
  });

  it("removes no model behind a link in place of the folder of models", async () => {
    await used();
    await cp(home("models"), join(folder, "large-disk"), { recursive: true });
    await rm(home("models"), { recursive: true });
    await symlink(join(folder, "large-disk"), home("models"));
    const { json } = await hearth(["erase", "--yes"]);
    assert.deepEqual(json["kept"], [join(folder, "large-disk")]);
    assert.ok(existsSync(join(folder, "large-disk", "own-q8_0.gguf")));
    assert.ok(!existsSync(home()));
  });

  it("refuses a folder with anything in it that is not Hearth's", async () => {
    await used();
    await writeFile(home("thesis.txt"), "years of work");
    const { status, json } = await hearth(["erase", "--yes"]);
    assert.equal(status, 1);
    assert.deepEqual(json["error"], {
      code: "not-ours",
      message: `${home()} holds what Hearth did not put there (thesis.txt), so nothing was erased.`,
      mend: "Check HEARTH_HOME, or move what is yours out of it.",
    });
    assert.ok(existsSync(home("settings.json")));
    for (const place of ["/", homedir()])
      assert.equal((await hearth(["erase", "--yes"], place)).code, "not-ours");
  });

  it("refuses while a download goes on", async () => {
    await used();
    const lock = tryLock(home("run", "pull-x.gguf.lock"));
    try {
      const { code } = await hearth(["erase", "--yes"]);
      assert.equal(code, "in-use");
      assert.ok(existsSync(home("models", "own-q8_0.gguf")));
    } finally {
      lock?.dispose();
    }
  });

  it("ends the runtime host first, with its models", async () => {
    const host = hostFixture();
    try {
      const path = await scripted({ infill: "done();" });
      const client = host.client();
      await client.open({ runtime: "embedded", path }, never);
      const { pid, models } = (await client.metrics()) ?? {};
      const { status, json } = await hearth(["erase", "--yes"], host.home);
      assert.deepEqual([status, json["erased"]], [0, true], JSON.stringify(json));
      for (const each of [pid, models?.[0]?.pid]) await gone(each ?? 0);
      assert.ok(!existsSync(host.home));
    } finally {
      await host.dispose();
    }
  });
});
