/** Small JSON files of our own: never half written, and none where they cannot be read. */

import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import * as v from "valibot";
import { readJsonFile, writeJsonFile } from "../../../server/base/json-file.ts";
import { itNeeds, posix } from "../../support/needs.ts";

const schema = v.object({ name: v.string() });

describe("a JSON file of our own", () => {
  let folder = "";
  let path = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hearth-json-"));
    path = join(folder, "file.json");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("is read as it was written", async () => {
    await writeJsonFile(path, { name: "a" });
    await writeJsonFile(path, { name: "b" });
    assert.deepEqual(await readJsonFile(path, schema), { name: "b" });
    assert.deepEqual(await readdir(folder), ["file.json"]);
  });

  for (const [what, text] of Object.entries({
    "half a text": '{"na',
    "another form": '{"name":1}',
    empty: "",
  })) {
    it(`counts as none where it holds: ${what}`, async () => {
      await writeFile(path, text);
      assert.equal(await readJsonFile(path, schema), undefined);
    });
  }

  it("counts as none where there is none", async () =>
    assert.equal(await readJsonFile(path, schema), undefined));

  it("is one of those that many write at once, whole", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(10_000));
    await Promise.all(names.map((name) => writeJsonFile(path, { name })));
    const { name = "" } = (await readJsonFile(path, schema)) ?? {};
    assert.ok(names.includes(name));
    assert.deepEqual(await readdir(folder), ["file.json"]);
  });

  it("leaves what was there, and nothing else, where it cannot be written", async () => {
    await writeJsonFile(path, { name: "a" });
    const before = await readFile(path, "utf8");
    await assert.rejects(writeJsonFile(path, { name: 1n }), TypeError);
    assert.equal(await readFile(path, "utf8"), before);
    await assert.rejects(writeJsonFile(folder, {}));
    assert.deepEqual(await readdir(folder), ["file.json"]);
  });

  itNeeds(posix, "is for its owner alone", async () => {
    await writeJsonFile(path, {});
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });
});
