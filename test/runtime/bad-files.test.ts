/** Files that are no model, or not one that fits: a clear refusal through the host. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RuntimeError, type RuntimeErrorCode } from "../../server/model/runtime-error.ts";
import { countsAt, patched } from "../support/gguf-fixtures.ts";
import { complete, gone, never } from "../support/host-fixture.ts";
import { scripted } from "../support/scripted-model.ts";
import { useModel } from "../support/use-host.ts";

describe("a file that cannot be loaded", function () {
  this.timeout(60_000);
  const sound = useModel({ infill: "return x;" });
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "hearth-bad-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** A file of this name whose bytes are those of a sound model, changed. */
  function changed(name: string, change: (bytes: Buffer) => Buffer): string {
    const path = join(folder, name);
    writeFileSync(path, change(readFileSync(sound.path)));
    return path;
  }

  const rename = (bytes: Buffer, from: string, to: string) =>
    Buffer.from(bytes.toString("latin1").replaceAll(from, to), "latin1");

  const cases: readonly (readonly [
    what: string,
    path: () => string,
    code: RuntimeErrorCode,
    says: RegExp,
  ])[] = [
    ["is missing", () => join(folder, "none.gguf"), "model-not-found", /no file/],
    ["is empty", () => changed("empty.gguf", () => Buffer.alloc(0)), "model-invalid", /empty/],
    [
      "is cut short",
      () => changed("cut.gguf", (bytes) => bytes.subarray(0, 900_000)),
      "model-invalid",
      /cut short/,
    ],
    [
      "is cut in its header",
      () => changed("head.gguf", (bytes) => bytes.subarray(0, 2000)),
      "model-invalid",
      /header|cannot fit/,
    ],
    ["is random", () => changed("random.gguf", () => randomBytes(65_536)), "model-invalid", /not a GGUF/],
    [
      "claims 4 billion tensors",
      () => changed("many.gguf", (bytes) => patched(bytes, countsAt.tensors, 4_294_967_295n)),
      "model-invalid",
      /4,294,967,295 tensors/,
    ],
    [
      "has an architecture that nobody knows",
      () => changed("arch.gguf", (bytes) => rename(bytes, "qwen2", "qwenX")),
      "model-unsupported",
      /qwen/,
    ],
    [
      "lacks a tensor that its architecture needs",
      () => changed("tensor.gguf", (bytes) => rename(bytes, "blk.0.ffn_up.weight", "blk.0.ffn_oh.weight")),
      "model-invalid",
      /refused the model/,
    ],
  ];
  for (const [what, path, code, says] of cases) {
    it(`and ${what}: ${code}`, async () => {
      await assert.rejects(sound.client.open({ runtime: "embedded", path: path() }, never), (error) => {
        assert.ok(error instanceof RuntimeError, String(error));
        assert.equal(
          `${error.code}: ${error.message}`.startsWith(code),
          true,
          `${error.code}: ${error.message}`,
        );
        assert.match(error.message, says);
        return true;
      });
    });
  }

  it("and needs more memory than there is: out-of-memory, with the numbers", async () => {
    const path = await scripted({ infill: "x;" }, { keyLength: 2_000_000_000 });
    await assert.rejects(sound.client.open({ runtime: "embedded", path }, never), (error) => {
      assert.ok(error instanceof RuntimeError);
      assert.equal(error.code, "out-of-memory");
      assert.match(error.message, /512 tokens needs [\d.]+ GiB of memory, and [\d.]+ GiB are free/);
      return true;
    });
  });

  it("takes of a longer context than is useful as much as is", async () => {
    const path = await scripted({ infill: "x;" }, { contextTokens: 2_000_000_000 });
    const { info } = await sound.client.open({ runtime: "embedded", path }, never);
    assert.equal(info.contextTokens, 8192);
  });

  it("leaves the host and its other models as they were", async () => {
    const { runtime } = await sound.client.open({ runtime: "embedded", path: sound.path }, never);
    assert.equal((await complete(runtime, "a")).text, "return x;");
    const metrics = await sound.client.metrics();
    assert.ok(metrics?.models.every((model) => model.state === "ready"));
  });

  it("takes the place of a loaded one: llama.cpp never sees it, and the sound file is loaded again", async () => {
    const path = changed("replaced.gguf", (bytes) => bytes);
    const opened = await sound.client.open({ runtime: "embedded", path }, never);
    const pid = (await sound.client.metrics())?.models.find((model) =>
      model.model.endsWith("replaced.gguf"),
    )?.pid;
    const hostile = changed("hostile.gguf", (bytes) => patched(bytes, countsAt.tensors, 4_294_967_295n));
    renameSync(hostile, path);
    process.kill(pid ?? 0, "SIGKILL");
    await gone(pid ?? 0);
    await assert.rejects(complete(opened.runtime, "a"), { code: "model-invalid" });
    opened.dispose();
    copyFileSync(sound.path, path);
    const again = await sound.client.open({ runtime: "embedded", path }, never);
    assert.equal((await complete(again.runtime, "a")).text, "return x;");
  });

  it("is loaded once it is whole", async () => {
    const path = join(folder, "later.gguf");
    copyFileSync(sound.path, path);
    truncateSync(path, 900_000);
    await assert.rejects(sound.client.open({ runtime: "embedded", path }, never), { code: "model-invalid" });
    copyFileSync(sound.path, path);
    const { runtime } = await sound.client.open({ runtime: "embedded", path }, never);
    assert.equal((await complete(runtime, "a")).text, "return x;");
  });
});
