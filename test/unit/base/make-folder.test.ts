/** Folders with their parents: made once, for their owner, and never without end. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { makeFolder, makeFolderSync } from "../../../server/base/make-folder.ts";
import { itNeeds, posix, procFs } from "../../support/needs.ts";

describe("a folder", () => {
  let home = "";
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "hearth-folder-"));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it("is made with its parents, by one of many at once", async () => {
    const path = join(home, "a", "b", "c");
    const made = await Promise.all(Array.from({ length: 20 }, () => makeFolder(path)));
    assert.deepEqual(
      made.filter((outcome) => outcome === "made"),
      ["made"],
    );
    makeFolderSync(join(path, "d", "e"));
    assert.ok(statSync(join(path, "d", "e")).isDirectory());
  });

  itNeeds(posix, "is its owner's alone, with its parents, and one that is there stays as it is", async () => {
    mkdirSync(join(home, "a"));
    chmodSync(join(home, "a"), 0o755);
    await makeFolder(join(home, "a", "b", "c"));
    assert.equal(await makeFolder(join(home, "a")), "there");
    const modes = ["a", "a/b", "a/b/c"].map((path) => (statSync(join(home, path)).mode & 0o777).toString(8));
    assert.deepEqual(modes, ["755", "700", "700"]);
  });

  it("cannot be made where a file is, or below one", async () => {
    writeFileSync(join(home, "file"), "");
    for (const path of [join(home, "file"), join(home, "file", "a", "b")]) {
      await assert.rejects(makeFolder(path), { code: "EEXIST" });
      assert.throws(() => makeFolderSync(path), { code: "EEXIST" });
    }
  });

  // In a process of its own: what never returns also keeps this one from ending.
  itNeeds(procFs, "is refused at once by a file system that makes none", () => {
    const module = JSON.stringify(new URL("../../../server/base/make-folder.ts", import.meta.url).href);
    const program = `
      const { makeFolder, makeFolderSync } = await import(${module});
      await makeFolder("/proc/hearth/run").catch((error) => console.log(error.code));
      try { makeFolderSync("/proc/hearth/logs"); } catch (error) { console.log(error.code); }
    `;
    const args = ["--input-type=module", "-e", program];
    const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 10_000 });
    assert.equal(stdout, "ENOENT\nENOENT\n");
  });
});
