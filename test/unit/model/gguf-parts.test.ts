/** Models in several files: what belongs together, and what is read of all of it. */

import assert from "node:assert/strict";
import { mkdtemp, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { readGgufFile } from "../../../server/model/gguf.ts";
import { firstPart, isLaterPart, partPaths } from "../../../server/model/gguf-parts.ts";
import { writeGguf, writeSplitGguf } from "../../support/gguf-writer.ts";
import { scriptedContent } from "../../support/scripted-model.ts";

describe("the name of a part", () => {
  it("leads to the others, from the first alone", () => {
    const three = ["a/m-00001-of-00003.gguf", "a/m-00002-of-00003.gguf", "a/m-00003-of-00003.gguf"];
    assert.deepEqual(partPaths(three[0] ?? ""), three);
    assert.deepEqual(partPaths("m-00001-of-00002.gguf.part"), [
      "m-00001-of-00002.gguf.part",
      "m-00002-of-00002.gguf",
    ]);
    for (const alone of ["m.gguf", "m-00001-of-00001.gguf", three[1] ?? "", "m-00001-of-99999.gguf"])
      assert.deepEqual(partPaths(alone), [alone]);
  });

  it("leads to the first", () => {
    assert.equal(firstPart("m-00002-of-00003.gguf"), "m-00001-of-00003.gguf");
    for (const first of ["m.gguf", "m-00001-of-00003.gguf"]) assert.equal(firstPart(first), first);
    assert.deepEqual(
      ["m-00002-of-00003.gguf", "m-00001-of-00003.gguf", "m.gguf", "m-00004-of-00003.gguf"].map(isLaterPart),
      [true, false, false, false],
    );
  });
});

describe("a model in several files", () => {
  let folder = "";
  let paths: readonly string[] = [];
  const content = scriptedContent({ infill: "done();" });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hearth-parts-"));
    paths = await writeSplitGguf(join(folder, "m"), content, 3);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("is as large as the same in one", async () => {
    await writeGguf(join(folder, "one.gguf"), content);
    const [whole, split] = await Promise.all([
      readGgufFile(join(folder, "one.gguf")),
      readGgufFile(paths[0] ?? ""),
    ]);
    const { parameters, weightBytes, tensors, architecture } = whole;
    assert.deepEqual(
      [split.parameters, split.weightBytes, split.tensors, split.architecture],
      [parameters, weightBytes, tensors, architecture],
    );
    const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
    assert.equal(
      split.fileBytes,
      sizes.reduce((sum, size) => sum + size),
    );
  });

  it("is none while one of them is missing or cut short", async () => {
    await truncate(paths[2] ?? "", 500);
    await assert.rejects(readGgufFile(paths[0] ?? ""), { code: "model-invalid" });
    await rm(paths[2] ?? "");
    await assert.rejects(readGgufFile(paths[0] ?? ""), { code: "model-not-found" });
  });
});
