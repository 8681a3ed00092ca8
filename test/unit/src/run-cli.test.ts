/** The command line as the extension runs it. */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { runCli } from "../../../src/client/run-cli.ts";
import { readEraseLook } from "../../../src/commands/erase-look.ts";

describe("the command line, run by the extension", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hearth-run-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function run(program: string, language = "en") {
    const script = join(folder, "cli.mjs");
    await writeFile(script, program);
    return runCli({ script, args: ["erase", "--dry-run"], language });
  }

  it("is told what to do, and in which language to speak", async () => {
    const said = await run("console.log(JSON.stringify({ args: process.argv.slice(2) }))", "zh-CN");
    assert.deepEqual(said, {
      kind: "done",
      value: { args: ["erase", "--dry-run", "--json", "--lang", "zh-cn"] },
    });
  });

  it("fails in its own words", async () => {
    const error = { code: "in-use", message: "It is at work.", mend: "Close it." };
    const said = await run(
      `console.log(JSON.stringify(${JSON.stringify({ error })})); process.exitCode = 1;`,
    );
    assert.deepEqual(said, { kind: "failed", message: error.message, mend: error.mend });
  });

  it("does not pass for done where it crashes", () =>
    assert.rejects(run("throw new Error('broken')"), /said nothing that can be read: [^]*broken/));

  it("says what would be erased; what cannot be read is nothing", () => {
    const look = { home: "/h", bytes: 3, entries: ["models"], kept: ["/h/models/a.gguf"] };
    assert.deepEqual(readEraseLook({ ...look, erased: false }), look);
    assert.deepEqual(readEraseLook("?"), { home: "", bytes: 0, entries: [], kept: [] });
  });
});
