/** The program that puts `hearth` on PATH: where it goes and what stands in it. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { isOurShim, planShim, type ShimSurroundings } from "../../../src/commands/cli-shim.ts";
import { itNeeds, posix } from "../../support/needs.ts";

const linux: ShimSurroundings = {
  platform: "linux",
  home: "/home/ada",
  localAppData: undefined,
  path: "/usr/bin:/home/ada/.local/bin",
  runtime: "/usr/share/code/code",
  script: "/home/ada/.vscode/extensions/hearth/dist/cli.js",
};

describe("the shim of the command line", () => {
  it("lies in the person's own folder, and knows whether that is on PATH", () => {
    const shim = planShim(linux);
    assert.deepEqual([shim.file, shim.onPath], ["/home/ada/.local/bin/hearth", true]);
    assert.equal(planShim({ ...linux, path: "/usr/bin" }).onPath, false);
  });

  it("is told from a file of somebody else", () => {
    assert.equal(isOurShim(planShim(linux).content), true);
    assert.equal(isOurShim("#!/bin/sh\necho hello\n"), false);
  });

  it("is a batch file on Windows", () => {
    const shim = planShim({ ...linux, platform: "win32", localAppData: "C:\\Local", path: "" });
    assert.match(shim.content, /ELECTRON_RUN_AS_NODE=1\r\n"\/usr\/share\/code\/code" ".*cli\.js" %\*/);
  });

  itNeeds(posix, "passes on its arguments and survives quotes in paths", () => {
    const folder = mkdtempSync(join(tmpdir(), "it's hearth "));
    try {
      const script = join(folder, "cli.js");
      writeFileSync(script, "process.stdout.write(JSON.stringify(process.argv.slice(2)))");
      const shim = planShim({ ...linux, runtime: process.execPath, script });
      const file = join(folder, "hearth");
      writeFileSync(file, shim.content, { mode: 0o755 });
      const ran = spawnSync(file, ["complete", "a b.ts:1:2", "--set", 'x="y"'], { encoding: "utf8" });
      assert.deepEqual(JSON.parse(ran.stdout), ["complete", "a b.ts:1:2", "--set", 'x="y"']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
