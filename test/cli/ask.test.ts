/** `hearth ask` as a shell sees it: what is streamed, what is printed for a person, and what it says to bad input. */

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "mocha";
import { hostFixture, never } from "../support/host-fixture.ts";
import { itNeeds, posix } from "../support/needs.ts";
import { type CliEnd, runCli } from "../support/run-cli.ts";
import { scripted } from "../support/scripted-model.ts";

const seedling = resolve("test/fixtures/models/seedling-q8_0.gguf");

describe("hearth ask", function () {
  this.timeout(60_000);
  const fixture = hostFixture();
  let model = "";

  before(async () => {
    const path = await scripted({ infill: "x", chat: "<think>plan the plan</think>Answer\n\tin two lines" });
    model = `roles.reason=embedded/${path}`;
    await writeFile(join(fixture.home, "code.ts"), 'one();\r\nconst apiKey = "abcdefgh";\r\nthree();\r\n');
    // The first client decides how soon the host ends after the last one.
    await fixture.client().open({ runtime: "embedded", path }, never);
  });
  after(() => fixture.dispose());

  const ask = (...args: readonly string[]): Promise<CliEnd> =>
    runCli({ args: ["ask", ...args], cwd: fixture.home, env: { HEARTH_HOME: fixture.home } });

  it("streams what is shown, the thoughts, the answer and what it cost", async () => {
    const { stdout, status } = await ask("Why?", "--file", "code.ts:2-3", "--set", model, "--json");
    const parts = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const text = (kind: string) =>
      parts.flatMap((part) => (part["kind"] === kind ? [part["text"]] : [])).join("");
    assert.equal(status, 0);
    assert.deepEqual(parts[0], {
      kind: "sources",
      items: [{ path: "code.ts", startLine: 2, endLine: 3, why: "given" }],
    });
    assert.equal(text("reasoning-delta").trim(), "plan the plan");
    assert.equal(text("text-delta"), "Answer\n\tin two lines");
    const { kind, reason, usage, dropped } = parts.at(-1) ?? {};
    assert.deepEqual({ kind, reason, dropped }, { kind: "stream-end", reason: "stop", dropped: [] });
    const { prompt, reasoning, generated } = usage as Record<string, number>;
    assert.ok((prompt ?? 0) > 20 && (reasoning ?? 0) > 0 && (generated ?? 0) > (reasoning ?? 0), stdout);
  });

  it("prints the answer alone for a person, and how long was thought beside it", async () => {
    const { stdout, stderr } = await ask("Why?", "--file", "code.ts", "--set", model);
    assert.equal(stdout, "Answer\n\tin two lines\n");
    assert.match(
      stderr,
      /^Shown to the model: code\.ts:1-4\nThought for 1 s\.\nembedded\/scripted-\w+ · \d+ tokens, first after [\d.]+ m?s · [\d.]+ tokens a second\n$/,
    );
  });

  it("prints the thoughts too where they are wanted", async () => {
    const { stdout, stderr } = await ask("Why?", "--show-thinking", "--set", model);
    assert.equal(stdout, "Answer\n\tin two lines\n");
    assert.match(stderr, /^\s*plan the plan\nThought for 1 s\.\n/);
  });

  it("fails where the model says nothing, and names who it was", async () => {
    const silent = `roles.reason=embedded/${await scripted({ chat: [] })}`;
    const { stdout, stderr, status } = await ask("Why?", "--set", silent);
    assert.equal(status, 1);
    assert.equal(stdout, "");
    assert.match(
      stderr,
      /The model gave no answer: scripted-\w+ ended before its first word\.\nAsk in other words/,
    );
    assert.match(stderr, /another model in roles\.reason\.\n$/);
    const printed = (await ask("Why?", "--set", silent, "--json")).stdout.trim().split("\n");
    assert.match(printed.at(-2) ?? "", /"kind":"stream-end"/);
    assert.match(printed.at(-1) ?? "", /^\{"error":\{"code":"no-answer"/);
  });

  it("fails where the model thinks and says nothing", async () => {
    const thinker = await scripted({ chat: "<think>only thoughts</think>" });
    const { stderr, status } = await ask("Why?", "--set", `roles.reason=embedded/${thinker}`);
    assert.equal(status, 1);
    assert.match(stderr, /thought, and said nothing\.\n.*--thinking off.*roles\.reason\.\n$/);
  });

  itNeeds(posix, "says that an Ollama is installed and does not run", async () => {
    const program = join(fixture.home, "ollama");
    await writeFile(program, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    const { stderr, status } = await ask("Why?", "--set", `runtimes.ollama.path=${program}`);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /Ollama is installed \(\S+ollama\) and does not run\.\nStart Ollama, or name .*ollama\/deepseek-r1:7b/,
    );
  });

  it("takes no question without words", async () => {
    for (const question of ["", " \n"]) assert.equal((await ask(question)).status, 2);
  });

  it("thinks no longer than it may", async () => {
    const { stdout } = await ask("Why?", "--thinking", "off", "--set", model, "--json");
    assert.doesNotMatch(stdout, /reasoning-delta/);
    assert.match(stdout, /"text":"Answer"/);
  });

  const failures: readonly {
    readonly what: string;
    readonly args: readonly string[];
    readonly code: string;
    readonly says: RegExp;
    readonly mends?: RegExp;
  }[] = [
    {
      what: "a model that is not there",
      args: ["--set", "roles.reason=embedded//nowhere/r1.gguf"],
      code: "model-not-found",
      says: /r1\.gguf/,
      mends: /^Correct roles\.reason: it takes the name of a file .*, or its whole path\.$/,
    },
    { what: "no model", args: [], code: "model-not-found", says: /There is no model that reasons\.$/ },
    {
      what: "a role that is off",
      args: ["--set", "roles.reason=off"],
      code: "model-not-found",
      says: /roles\.reason is off\.$/,
    },
    {
      what: "the built-in completer",
      args: ["--set", "roles.reason=builtin/ngram"],
      code: "capability-missing",
      says: /answers no questions\.$/,
    },
    {
      what: "a model without a chat template",
      args: ["--set", `roles.reason=embedded/${seedling}`],
      code: "capability-missing",
      says: /seedling-q8_0 has no chat template: it only goes on with a text\.$/,
    },
    {
      what: "a file that is not there",
      args: ["--file", "no.ts"],
      code: "file-not-found",
      says: /no\.ts\.$/,
      mends: /^Check the path; it is taken from the working directory\.$/,
    },
    {
      what: "lines that are not there",
      args: ["--file", "code.ts:9"],
      code: "lines-outside",
      says: /^There is no line 9: the document has 4\.$/,
    },
  ];
  for (const { what, args, code, says, mends = /./ } of failures) {
    it(`says what is wrong with ${what}`, async () => {
      const { stdout, status } = await ask("Why?", ...args, "--json");
      const { error } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as {
        error: { code: string; message: string; mend: string };
      };
      assert.equal(status, 1);
      assert.equal(error.code, code);
      assert.match(error.message, says);
      assert.match(error.mend, mends);
    });
  }

  it("takes no budget for thinking that is none", async () => {
    const { stderr, status } = await ask("Why?", "--thinking", "much");
    assert.equal(status, 2);
    assert.match(stderr, /much is neither a number of tokens, off nor auto\.\n/);
  });
});
