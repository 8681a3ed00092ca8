/** `hearth complete` as a shell sees it: the shapes of its JSON, its exit status, and what it says to bad input. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { entryPoint } from "../../server/entries.ts";
import { alone } from "../support/alone.ts";
import { hostFixture, never } from "../support/host-fixture.ts";
import { fullDisk, itNeeds, posix, procFs } from "../support/needs.ts";
import { type CliEnd, type CliRun, runCli } from "../support/run-cli.ts";
import { scripted } from "../support/scripted-model.ts";

const line = "const value = computeTheValue(first, second);\n";
const source = `${line.repeat(6)}const value = computeTheValue(`;
const seedling = "test/fixtures/models/seedling-q8_0.gguf";
const cursor = "code.ts:7:31";

describe("hearth complete", function () {
  this.timeout(60_000);
  const fixture = hostFixture();
  const folder = join(fixture.home, "workspace");

  before(async () => {
    await mkdir(join(folder, ".git"), { recursive: true });
    await writeFile(join(folder, "code.ts"), source);
    // The first client decides how soon the host ends after the last one.
    await fixture.client().open({ runtime: "embedded", path: seedling }, never);
  });
  after(() => fixture.dispose());

  const run = (...args: readonly string[]) => runWith({}, ...args);
  const runWith = (more: Partial<CliRun>, ...args: readonly string[]): Promise<CliEnd> =>
    runCli({ args, cwd: folder, ...more, env: { HEARTH_HOME: fixture.home, ...more.env } });

  function parsed({ stdout }: CliEnd): Record<string, unknown> {
    assert.equal(stdout.trim().split("\n").length, 1, stdout);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  /** The command fails with this code, says it in one line of JSON, and says what mends it. */
  async function fails(end: Promise<CliEnd>, code: string): Promise<string> {
    const ended = await end;
    const { error } = parsed(ended) as { error: { code: string; message: string; mend: string } };
    assert.equal(error.code, code);
    assert.equal(ended.status, 1);
    assert.ok(error.message.length > 0 && error.mend.length > 0);
    return error.message;
  }

  it("prints no control character of a name, be it of a file, a setting, a folder or a verb", async () => {
    const name = "\u001b[31mred\u0007";
    await writeFile(join(folder, `${name}.ts`), source);
    const asked: readonly (readonly string[])[] = [
      ["complete", `${name}.ts:7:31`, "--set", `${name}=1`],
      ["complete", `no-${name}.ts:7:31`],
      ["complete", cursor, "--root", name],
      ["complete", cursor, "--set", `roles.complete=embedded/${name}`],
      ["complete", name],
      [name],
    ];
    for (const args of asked) {
      const { stdout, stderr } = await run(...args);
      assert.match(stdout + stderr, /\\u\{1b\}\[31mred/);
      assert.doesNotMatch(stdout + stderr, /(?!\n)\p{Cc}/u);
    }
  });

  it("gives the built-in completer's text with its confidence, without tokens", async () => {
    const end = await run("complete", cursor, "--json");
    const answer = parsed(end);
    assert.equal(end.status, 0);
    assert.equal(end.stderr, "");
    assert.equal(answer["outcome"], "suggested");
    assert.equal(answer["text"], "first, second);");
    assert.deepEqual(answer["range"], {
      start: { line: 6, character: 30 },
      end: { line: 6, character: 30 },
    });
    assert.equal(answer["runtime"], "builtin");
    assert.equal(answer["model"], "ngram");
    assert.equal(typeof answer["confidence"], "number");
    assert.equal("tokens" in answer, false);
    assert.deepEqual(Object.keys(answer["timings"] as object).toSorted(), [
      "contextMs",
      "firstTokenMs",
      "overheadMs",
      "queueMs",
      "totalMs",
    ]);
  });

  it("gives a model's text with its template, tokens and context", async () => {
    const model = await scripted({ infill: "first, second);" });
    const end = await run("--json", "complete", cursor, "--set", `roles.complete=embedded/${model}`);
    const answer = parsed(end);
    assert.equal(answer["text"], "first, second);");
    assert.equal(answer["runtime"], "embedded");
    assert.equal(answer["template"], "qwen");
    assert.equal("confidence" in answer, false);
    assert.deepEqual(Object.keys(answer["tokens"] as object).toSorted(), ["cached", "generated", "prompt"]);
    const [prefix] = answer["context"] as readonly Record<string, unknown>[];
    assert.equal(prefix?.["source"], "prefix");
    assert.equal(prefix?.["path"], "code.ts");
  });

  it("shows a person the line with what is added, plainly without colours", async () => {
    const { stdout, status } = await run("complete", cursor);
    assert.equal(status, 0);
    assert.match(stdout, /^code\.ts:7:31 {2}built in · \d+ % sure · /);
    assert.match(stdout, /7 │ const value = computeTheValue\(first, second\);\n {4}│ {31}\^{15}\n/);
  });

  it("marks what is added by colour where there is colour", async () => {
    const { stdout } = await runWith({ env: { NO_COLOR: "", FORCE_COLOR: "1" } }, "complete", cursor);
    assert.ok(stdout.includes("\u001b[32mfirst, second);\u001b[39m"), stdout);
  });

  it("takes a column behind the end of its line for the end, and says so", async () => {
    const { stdout, stderr } = await run("complete", "code.ts:7:99");
    assert.match(stdout, /^code\.ts:7:31 .*\n.*\n.*computeTheValue\(first, second\);/);
    assert.equal(stderr, "Line 7 ends at column 31, so the cursor is there.\n");
    const chinese = await run("complete", "code.ts:7:99", "--lang", "zh-cn");
    assert.equal(chinese.stderr, "第 7 行在第 31 列结束，光标因此置于该处。\n");
    const json = await run("complete", "code.ts:7:99", "--json");
    assert.equal(json.stderr, "");
    assert.deepEqual(parsed(json)["position"], { line: 6, character: 30 });
  });

  it("says of an unsure text that typing would not have shown it", async () => {
    const messages = ["disk full", "no such file", "bad header", "too long", "timed out"];
    const stdin = `${messages.map((text) => `throw new Error("${text}");\n`).join("")}throw`;
    const ask = (...args: readonly string[]) =>
      runWith({ stdin }, "complete", "unsure.ts:6:6", "--stdin", ...args);
    const { stdout, stderr, status } = await ask();
    assert.equal(status, 0);
    assert.match(stdout, /throw new Error\("\n/);
    assert.equal(stderr, "This is not sure enough to be shown while you type.\n");
    assert.equal((await ask("--lang", "zh-cn")).stderr, "把握不足，输入时不会显示。\n");
    const json = await ask("--json");
    assert.equal(json.stderr, "");
    const { confidence, shownWhileTyping } = parsed(json);
    assert.ok(Number(confidence) > 0.5);
    assert.equal(shownWhileTyping, false);
    assert.equal((await run("complete", cursor)).stderr, "");
  });

  it("takes the unsaved text from standard input", async () => {
    const stdin = `\uFEFF${source.replaceAll("Value", "Sum")}`;
    const answer = parsed(await runWith({ stdin }, "complete", "unsaved.ts:7:29", "--stdin", "--json"));
    assert.equal(answer["text"], "first, second);");
  });

  it("speaks Chinese when asked to, the help too", async () => {
    assert.match((await run("--lang", "zh_CN.UTF-8", "--help")).stdout, /命令/);
    assert.match(
      (await run("--lang", "zh_CN", "complet")).stderr,
      /^没有命令 complet。是否想写 `complete`？\n/,
    );
    const { stdout } = await run("--lang", "zh-cn", "complete", "--help");
    assert.match(stdout, /补全文件中某处的代码/);
    const { stderr } = await runWith({ env: { LANG: "zh_CN.UTF-8" } }, "complete", "none.ts:1:1");
    assert.match(stderr, /没有文件/);
  });

  it("names what is wrong with settings on standard error, and goes on", async () => {
    const file = join(folder, "some.json");
    await writeFile(file, '{ "completion.maxTokens": "many" }');
    const end = await run("complete", cursor, "--json", "--settings", file);
    assert.match(
      end.stderr,
      /completion\.maxTokens in \S+some\.json must be a whole number from 1 to 2048, not "many"/,
    );
    assert.match(
      end.stderr,
      /\nCorrect or remove what is named\. docs\/settings\.md lists every setting\.\n$/,
    );
    assert.equal(parsed(end)["outcome"], "suggested");
  });

  for (const [interrupt, status] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    itNeeds(posix, `ends with ${status} at ${interrupt}`, async () => {
      // What is wrong with the settings is said before standard input is read to its end.
      const file = join(folder, "nothing.json");
      await writeFile(file, '{ "nothing": 1 }');
      const args = ["complete", "a.ts:1:1", "--stdin", "--settings", file];
      const end = await runWith({ interrupt }, ...args);
      assert.equal(end.status, status);
      assert.equal(end.stdout, "");
    });
  }

  itNeeds(fullDisk, "says why its output is not there", () => {
    const full = openSync("/dev/full", "w");
    try {
      const { status, stderr } = spawnSync(process.execPath, [entryPoint("cli"), "complete", "--help"], {
        env: { LANG: "C", ...alone },
        encoding: "utf8",
        stdio: ["ignore", full, "pipe"],
      });
      assert.equal(stderr, "The output cannot be written (ENOSPC).\n");
      assert.equal(status, 1);
    } finally {
      closeSync(full);
    }
  });

  describe("says in one sentence why a document cannot be completed", () => {
    before(async () => {
      await writeFile(join(folder, "binary.ts"), randomBytes(4096));
      await writeFile(join(folder, "nul.ts"), `const a = "\0";\n`);
      await writeFile(join(folder, "latin1.ts"), Buffer.from("// caf\xe9\n", "latin1"));
      await writeFile(join(folder, "empty.ts"), "");
      await writeFile(join(folder, "large.ts"), Buffer.alloc(50 * 1024 * 1024, "x\n"));
    });
    const bad: readonly (readonly [place: string, code: string, said: RegExp])[] = [
      ["none.ts:1:1", "file-not-found", /There is no file .*none\.ts/],
      ["code.ts/none:1:1", "file-not-found", /There is no file/],
      [".:1:1", "not-a-file", /\. is not a file/],
      ["code.ts:99:1", "cursor-outside", /There is no line 99: the document has 7\./],
      ["empty.ts:2:1", "cursor-outside", /There is no line 2: the document has 1\./],
      ["binary.ts:1:1", "not-text", /binary\.ts is not a text in UTF-8/],
      ["nul.ts:1:1", "not-text", /is not a text/],
      ["latin1.ts:1:1", "not-text", /is not a text/],
      ["large.ts:1:1", "file-too-large", /large\.ts has more than 20 MB; files up to 20 MB are completed/],
    ];
    for (const [place, code, said] of bad) {
      it(`${place}: ${code}`, async () => {
        assert.match(await fails(run("complete", place, "--json"), code), said);
      });
    }
    it("more of standard input than is read: file-too-large", async () => {
      const stdin = Buffer.alloc(22 * 1024 * 1024, "x\n");
      const said = await fails(
        runWith({ stdin }, "complete", "a.ts:1:1", "--stdin", "--json"),
        "file-too-large",
      );
      assert.match(said, /has more than 20 MB; files up to 20 MB/);
    });
    itNeeds(procFs, "a file that waits to be read, and a root full of them, hold nothing up", async () => {
      const answer = parsed(await run("complete", "/proc/kmsg:1:1", "--root", "/proc", "--json"));
      assert.equal(answer["outcome"], "skipped");
    });
    it("a root that is no folder: root-not-found", async () => {
      const said = await fails(run("complete", cursor, "--json", "--root", "none"), "root-not-found");
      assert.match(said, /There is no folder none/);
    });
    it("three numbers behind a name: how to write it", async () => {
      const { stderr } = await run("complete", "code.ts:7:31:1");
      assert.match(
        stderr,
        /code\.ts:7\.\nWrite the file, one line and one column, as in src\/main\.ts:10:5\.\n$/,
      );
    });
    it("the same on standard error for a person", async () => {
      const { status, stderr, stdout } = await run("complete", "none.ts:1:1");
      assert.equal(status, 1);
      assert.equal(stdout, "");
      assert.match(stderr, /^There is no file .*\nCheck the path; .*\n$/);
    });
  });

  describe("skips with a reason, which is no failure", () => {
    const odd: readonly (readonly [name: string, text: string, place: string, reason: RegExp])[] = [
      ["a line of 5 MB", `const a = "${"x".repeat(5_000_000)}";`, "odd.ts:1:20", /^too-large$/],
      ["a cursor inside an emoji", 'say("🔥", ', "odd.ts:1:7", /^outside-document$/],
    ];
    for (const [name, stdin, place, reason] of odd) {
      it(name, async () => {
        const end = await runWith({ stdin }, "complete", place, "--stdin", "--json");
        const answer = parsed(end);
        assert.equal(end.status, 0);
        assert.equal(answer["outcome"], "skipped");
        assert.match(String(answer["reason"]), reason);
      });
    }
    it("says to a person why, in their language", async () => {
      const place = ["complete", "odd.ts:1:7", "--stdin"];
      const stdin = 'say("🔥", ';
      const said = /completion: the cursor is inside a character\n/;
      assert.match((await runWith({ stdin }, ...place)).stdout, said);
      assert.match((await runWith({ stdin }, ...place, "--lang", "zh-cn")).stdout, /光标位于一个字符之中/);
    });
    it("combining characters and emoji before the cursor move nothing", async () => {
      const stdin = `${line.repeat(4)}/* e\u0301🔥👍🏽 */ const value = computeTheValue(`;
      const answer = parsed(await runWith({ stdin }, "complete", "odd.ts:5:99", "--stdin", "--json"));
      assert.equal(answer["text"], "first, second);");
    });
  });

  describe("says in one sentence why a model cannot be used", () => {
    const model = (name: string) => join(fixture.home, name);
    before(async () => {
      const whole = await readFile(seedling);
      await writeFile(model("empty.gguf"), "");
      await writeFile(model("header-cut.gguf"), whole.subarray(0, 5000));
      await writeFile(model("tensors-cut.gguf"), whole.subarray(0, 2_000_000));
      await writeFile(model("random.gguf"), randomBytes(100_000));
      await writeFile(model("text.gguf"), "version https://git-lfs.github.com/spec/v1\n".repeat(5));
      await writeFile(model("tensors-4-billion.gguf"), withTensorCount(whole, 4_000_000_000n));
      await writeFile(model("architecture.gguf"), renamed(whole, "llama", "mixup"));
    });
    const bad: readonly (readonly [file: string, code: string, said: RegExp])[] = [
      ["none.gguf", "model-not-found", /There is no file .*none\.gguf/],
      ["empty.gguf", "model-invalid", /is empty/],
      ["header-cut.gguf", "model-invalid", /cannot fit/],
      ["tensors-cut.gguf", "model-invalid", /is cut short/],
      ["random.gguf", "model-invalid", /does not begin with GGUF/],
      ["text.gguf", "model-invalid", /does not begin with GGUF/],
      ["tensors-4-billion.gguf", "model-invalid", /4,000,000,000 tensors, which cannot fit/],
      ["architecture.gguf", "model-unsupported", /cannot run the architecture mixup/],
      [".", "model-not-found", /is a folder/],
    ];
    for (const [file, code, said] of bad) {
      it(`${file}: ${code}`, async () => {
        const end = run("complete", cursor, "--json", "--set", `roles.complete=embedded/${model(file)}`);
        assert.match(await fails(end, code), said);
      });
    }
    it("a HEARTH_HOME that cannot be written: home-unwritable", async () => {
      const env = { HEARTH_HOME: join(folder, "code.ts", "home") };
      const set = `roles.complete=embedded/${model("empty.gguf")}`;
      const said = await fails(
        runWith({ env }, "complete", cursor, "--json", "--set", set),
        "home-unwritable",
      );
      assert.match(said, /code\.ts.home cannot be written/);
      const builtin = parsed(await runWith({ env }, "complete", cursor, "--json"));
      assert.equal(builtin["outcome"], "suggested");
    });
    it("and the host lives on", async () => {
      const metrics = await fixture.client().metrics();
      assert.ok(metrics && metrics.pid > 0);
    });
  });
});

function withTensorCount(model: Buffer, count: bigint): Buffer {
  const changed = Buffer.from(model);
  changed.writeBigUInt64LE(count, 8);
  return changed;
}

/** Every `from` in the header becomes `to`, which is as long. */
function renamed(model: Buffer, from: string, to: string): Buffer {
  const changed = Buffer.from(model);
  for (let at = changed.indexOf(from); at >= 0 && at < 2000; at = changed.indexOf(from, at)) {
    changed.write(to, at);
  }
  return changed;
}
