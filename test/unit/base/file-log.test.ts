import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { FileLog } from "../../../server/base/file-log.ts";
import { fullDisk, itNeeds } from "../../support/needs.ts";

describe("the log file", () => {
  let folder = "";
  const failures: Error[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hearth-log-"));
    failures.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function open(path: string, maxBytes = 10_000): FileLog {
    const now = () => new Date(0);
    return new FileLog({ path, maxBytes, now, onFailure: (error) => failures.push(error) });
  }

  it("holds each line with its time, level and process, readable by its owner alone", async () => {
    const path = join(folder, "logs", "server.log");
    const log = open(path);
    log.log("info", "first\nand more");
    log.log("error", "second");
    await log.idle();
    const at = "1970-01-01T00:00:00.000Z";
    const expected = `${at} info  [${process.pid}] first\n  and more\n${at} error [${process.pid}] second\n`;
    assert.equal(await readFile(path, "utf8"), expected);
    if (process.platform !== "win32") assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  it("keeps one file before it when it is full", async () => {
    const path = join(folder, "server.log");
    const log = open(path, 500);
    for (let line = 0; line < 100; line++) {
      log.log("info", `line ${line} ${"x".repeat(40)}`);
      await log.idle();
    }
    const sizes = [(await stat(path)).size, (await stat(`${path}.1`)).size];
    assert.ok(Math.max(...sizes) < 700, `sizes ${sizes.join(", ")}`);
    assert.match(await readFile(path, "utf8"), /line 99/);
  });

  it("writes what waits when it is disposed", async () => {
    const path = join(folder, "logs", "server.log");
    const log = open(path);
    log.log("info", "last words");
    log.dispose();
    assert.match(await readFile(path, "utf8"), /last words/);
  });

  it("says once that it cannot write, and never throws", async () => {
    await writeFile(join(folder, "logs"), "a file where the folder should be");
    const log = open(join(folder, "logs", "server.log"));
    for (let line = 0; line < 10; line++) {
      log.log("info", "lost");
      await log.idle();
    }
    log.dispose();
    assert.equal(failures.length, 1);
  });

  itNeeds(fullDisk, "survives a full disk", async () => {
    const log = open("/dev/full", Number.MAX_SAFE_INTEGER);
    log.log("info", "lost");
    await log.idle();
    log.log("info", "lost as well");
    log.dispose();
    assert.deepEqual(
      failures.map((error) => "code" in error && error.code),
      ["ENOSPC"],
    );
  });
});
