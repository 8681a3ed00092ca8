/** The part of node-llama-cpp that is packaged: all that runs, and little else. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { hasIntegrity } from "../../../scripts/packaging/llama-binary.ts";
import { llamaFiles, packageOf } from "../../../scripts/packaging/llama-files.ts";

/** Prints every module that importing node-llama-cpp loads. */
const tracer = `
  import { registerHooks } from "node:module";
  registerHooks({ load(url, context, next) { console.log(url); return next(url, context); } });
  await import("node-llama-cpp");
`;

describe("the packaged part of node-llama-cpp", () => {
  let files: readonly string[] = [];
  before(async () => {
    files = await llamaFiles(process.cwd());
  });

  it("holds every module that Node loads", () => {
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", tracer], {
      encoding: "utf8",
    });
    const loaded = stdout
      .split("\n")
      .filter((url) => url.includes("/node_modules/"))
      .map((url) => url.slice(url.indexOf("/node_modules/") + 1));
    assert.ok(loaded.length > 200, `only ${loaded.length} modules were seen`);
    assert.deepEqual(
      loaded.filter((path) => !files.includes(path)),
      [],
    );
  });

  it("holds the manifest of every package in it, and of folders that say another module type", () => {
    const missing = files
      .map((path) => `${packageOf(path)}/package.json`)
      .filter((path) => !files.includes(path));
    assert.deepEqual(missing, []);
    assert.ok(files.some((path) => path.endsWith("/dist/commonjs/package.json")));
  });

  it("leaves out sources, types, maps and the bundle to compile from", () => {
    assert.deepEqual(
      files.filter((path) => /\.(d\.[cm]?ts|map|bundle|cpp)$|readme/i.test(path)),
      [],
    );
    const bytes = files.reduce((sum, path) => sum + statSync(path).size, 0);
    assert.ok(bytes < 4e6, `${bytes} bytes`);
  });
});

describe("the binary of a target", () => {
  const folder = mkdtempSync(join(tmpdir(), "hearth-integrity-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("is used only with the hash that is written down", () => {
    const file = join(folder, "a.tgz");
    writeFileSync(file, "abc");
    const sha512 = "3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==";
    assert.ok(hasIntegrity(file, `sha512-${sha512}`));
    writeFileSync(file, "abd");
    assert.ok(!hasIntegrity(file, `sha512-${sha512}`));
  });
});
