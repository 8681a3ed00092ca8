/** `npm start`: the whole page, on this repository, on a machine with nothing set. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "mocha";
import { textWidth } from "../../server/cli/visible-text.ts";
import { alone } from "../support/alone.ts";
import { hostFixture, never } from "../support/host-fixture.ts";
import { listen } from "../support/listen.ts";
import { ollamaStandIn, value } from "../support/ollama-stand-in.ts";

const seedling = "test/fixtures/models/seedling-q8_0.gguf";

describe("npm start", function () {
  this.timeout(120_000);
  const fixture = hostFixture();
  // The first client decides how soon the host ends after the last one.
  before(() => fixture.client().open({ runtime: "embedded", path: seedling }, never));
  after(() => fixture.dispose());

  async function start(...args: readonly string[]) {
    const { PATH } = process.env;
    const child = spawn(process.execPath, ["scripts/start.ts", ...args], {
      env: { PATH, LANG: "C", HEARTH_HOME: fixture.home, ...alone },
    });
    child.stdin.end();
    const [page, complaints, status] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve) => child.once("exit", resolve)),
    ]);
    return { page, complaints, status };
  }

  it("shows completions, the prompt, the test model, what it found and how to go on", async () => {
    const { page, complaints, status } = await start();
    assert.equal(complaints, "");
    assert.equal(status, 0);
    const headings = page.split("\n").filter((line) => /^\S/.test(line));
    assert.deepEqual(headings, [
      "Completed here, with no model",
      "What a model is asked",
      "llama.cpp runs inside Hearth",
      "Models on this machine",
      "How to go on",
    ]);
    assert.match(page, /Asked by hand at 40 places, this is [^:]* after\s+the\s+start/);
    assert.match(page, /At\s+\d+\s+no\s+guess\s+was\s+likely\s+enough/);
    assert.match(page, /hearth plan\n.*hearth models pull ID:QUANT\n.*hearth ask "QUESTION" --file FILE\n/);
    assert.match(page, /npx --no -- hearth doctor\n.*npx --no -- hearth --help\n/);
    assert.match(page, /seedling-q8_0 loaded in [\d.]+ m?s, context 1024 tokens/);
    assert.match(page, /first token after [\d.]+ m?s/);
    assert.match(page, /npm run install:vscode\n$/);
    assert.ok(!page.includes("\u001b"));
    for (const line of page.split("\n")) assert.ok(textWidth(line) <= 80, line);
  });

  it("completes at a place of the person's own, as if the rest of the line were not there", async () => {
    const { page, status } = await start("--lang", "zh-cn", "server/base/disposable.ts:10:15");
    assert.equal(status, 0);
    assert.match(page, /server\/base\/disposable\.ts:10:15/);
    assert.match(page, /接下来/);
    assert.ok(!page.includes("FILE:LINE:COLUMN"), page);
  });

  it("looks for Ollama where the settings say", async () => {
    const server = createServer((_, response) => response.end("<html>"));
    const host = await listen(server);
    const settings = join(fixture.home, "settings.json");
    await writeFile(settings, JSON.stringify({ "runtimes.ollama.url": `http://${host}` }));
    try {
      const { page } = await start("server/base/disposable.ts:10:15");
      assert.match(page, new RegExp(`what answers at\\s+http://${host}\\s+is not\\s+Ollama`));
    } finally {
      await rm(settings);
      server.close().closeAllConnections();
    }
  });

  it("says of Ollama's models what each is good for", async () => {
    const template = "{{ if .System }}{{ .System }}{{ end }}<user>{{ .Prompt }}<assistant>{{ .Response }}";
    const r1 = { capabilities: ["completion", "thinking"], model_info: {}, template };
    const embeds = { capabilities: ["embedding"], model_info: {}, template: "{{ .Prompt }}" };
    const ollama = await ollamaStandIn({
      "/api/version": value({ version: "0.0.0" }),
      "/api/tags": value({ models: [{ name: "deepseek-r1:7b" }, { name: "notes:1b" }] }),
      "/api/show": (response, body) =>
        value(JSON.stringify(body).includes("r1") ? r1 : embeds)(response, body),
    });
    const settings = join(fixture.home, "settings.json");
    await writeFile(settings, JSON.stringify({ "runtimes.ollama.url": ollama.url }));
    try {
      const { page } = await start("server/base/disposable.ts:10:15");
      assert.match(
        page.replace(/\s+/g, " "),
        /a build without a version at \S+: deepseek-r1:7b \(reasons\), notes:1b\./,
      );
    } finally {
      await rm(settings);
      await ollama.dispose();
    }
  });

  it("says only what is wrong with a place that is not there", async () => {
    const { page, complaints, status } = await start("missing.ts:1:1");
    assert.equal(status, 1);
    assert.equal(page, "");
    assert.match(
      complaints,
      /^There is no file .*missing\.ts\.\nCheck the path; npm start takes it from .*\n$/,
    );
    const behind = await start("server/base/disposable.ts:999:1");
    assert.equal(behind.status, 1);
    assert.equal(behind.page, "");
    assert.match(behind.complaints, /^There is no line 999: the document has \d+\.\n/);
  });

  it("completes with a GGUF that is named", async () => {
    const { page, status } = await start("server/base/disposable.ts:10:15", seedling);
    assert.equal(status, 0);
    assert.match(page, /Completed there by seedling-q8_0\n.* not for use\./);
    assert.ok(!page.includes("model.gguf"), page);
    assert.match(page, /embedded\/seedling-q8_0 · |no completion/);
  });

  it("completes in this repository with a GGUF that is named, not with one too small for use that lies there", async () => {
    await mkdir(join(fixture.home, "models"));
    await copyFile(seedling, join(fixture.home, "models", "coder.gguf"));
    const { page, status } = await start(seedling);
    assert.equal(status, 0);
    assert.match(page.replace(/\s+/g, " "), /coder\.gguf: too small to be of use, unless you name it/);
    const part = page.slice(page.indexOf("Completed here by seedling-q8_0"));
    assert.match(part, /seedling-q8_0 loaded in [\d.]+ m?s/);
    assert.ok(part.split("the author wrote").length > 2, part);
    for (const line of page.split("\n")) assert.ok(textWidth(line) <= 80, line);
  });

  const wrong: Readonly<Record<string, readonly [words: readonly string[], why: RegExp]>> = {
    "a word": [["what"], /^what is neither a place in a file nor a GGUF\.$/],
    "a folder": [["server"], /^server is a folder; /],
    "a file without a line": [
      ["server/main.ts"],
      /^server\/main\.ts lacks .* write it as server\/main\.ts:1:1\.$/,
    ],
    "two places": [["a.ts:1:1", "b.ts:1:1"], /b\.ts:1:1 is too many\.$/],
    "an option that is none": [["--fast"], /^There is no option --fast\.$/],
  };
  for (const [what, [words, why]] of Object.entries(wrong)) {
    it(`says what is wrong with ${what}, then how it is used`, async () => {
      const { page, complaints, status } = await start(...words);
      assert.equal(page, "");
      assert.equal(status, 2);
      const [first = "", usage = ""] = complaints.split("\n");
      assert.match(first, why);
      assert.match(usage, /^Usage: npm start/);
    });
  }

  it("says how it is used when it is asked that", async () => {
    const { page, complaints, status } = await start("--help");
    assert.deepEqual([complaints, status], ["", 0]);
    assert.match(page, /^Usage: npm start/);
  });

  it("says only what is wrong with a model that is named and cannot be used", async () => {
    const missing = await start("nope.gguf");
    assert.deepEqual([missing.page, missing.status], ["", 1]);
    assert.match(missing.complaints, /^There is no file .*nope\.gguf\.\nCheck the path; .*\n$/);
    const broken = join(fixture.home, "broken.gguf");
    await writeFile(broken, "GGUF");
    const unusable = await start("server/base/disposable.ts:10:15", broken);
    assert.deepEqual([unusable.page, unusable.status], ["", 1]);
    assert.match(unusable.complaints, /^The model file cannot be used: .*\n.*\n$/);
  });
});
