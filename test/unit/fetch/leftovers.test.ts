/** What a killed process left in the folder of models: it is seen and removed, and no link in its place is followed. */

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { tryLock } from "../../../server/base/file-lock.ts";
import { ModelFolder } from "../../../server/fetch/model-folder.ts";
import { WebClient } from "../../../server/fetch/web-client.ts";
import { pullFrom } from "../../support/fetching.ts";
import { ggufBytes } from "../../support/gguf-fixtures.ts";
import { ModelHub } from "../../support/model-hub.ts";

const never = new AbortController().signal;

describe("what was left in the folder of models", () => {
  let home = "";
  let folder: ModelFolder;
  const at = (name = "") => join(home, "models", name);
  const names = async () => (await readdir(at())).toSorted();

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "hearth-leftovers-"));
    folder = new ModelFolder(home);
    await mkdir(at());
    await writeFile(at("big.gguf.importing"), "half");
  });
  afterEach(() => rm(home, { recursive: true }));

  async function importOwn(name = "own.gguf") {
    const own = join(home, name);
    await writeFile(own, ggufBytes());
    return folder.import(own, { onProgress: () => {}, at: new Date(0), maxGigabytes: 0 }, never);
  }

  it("by an import is listed", async () => {
    const { leftovers } = await folder.content();
    assert.deepEqual(leftovers, [{ name: "big.gguf.importing", path: at("big.gguf.importing"), bytes: 4 }]);
  });

  for (const name of ["big", "big.gguf", "big.gguf.importing"])
    it(`by an import is removed as ${name}`, async () => {
      assert.equal((await folder.remove(name)).bytes, 4);
      assert.deepEqual(await names(), []);
    });

  it("is removed by its own name without the model", async () => {
    for (const name of ["big.gguf", "big.gguf.json", "big.gguf.part", "big.gguf.part.json"])
      await writeFile(at(name), "x");
    await folder.remove("big.gguf.part");
    assert.deepEqual(await names(), ["big.gguf", "big.gguf.importing", "big.gguf.json"]);
    await folder.remove("big");
    assert.deepEqual(await names(), []);
  });

  it("by an import is removed by the next one, whatever that is of", async () => {
    await importOwn();
    assert.deepEqual(await names(), ["own.gguf", "own.gguf.json"]);
  });

  it("is let alone where somebody is at it", async () => {
    await mkdir(join(home, "run"));
    const lock = tryLock(join(home, "run", "pull-big.gguf.lock"));
    await importOwn();
    lock?.dispose();
    assert.ok((await names()).includes("big.gguf.importing"));
  });

  describe("and is a link", () => {
    let precious = "";
    beforeEach(async () => {
      precious = join(home, "precious.txt");
      await writeFile(precious, "mine");
    });
    afterEach(async () => assert.equal(await readFile(precious, "utf8"), "mine"));

    it("is not written to by a pull", async () => {
      const hub = await ModelHub.start({ bytes: ggufBytes() });
      const client = new WebClient({ httpProxy: "", httpsProxy: "", noProxy: "" });
      try {
        await symlink(precious, at(`${hub.file}.part`));
        await assert.rejects(pullFrom(hub, { home, client }), {
          code: "unwritable",
          values: [at(`${hub.file}.part`), "ELOOP"],
        });
      } finally {
        client.dispose();
        hub.dispose();
      }
    });

    it("is not written to by an import", async () => {
      await symlink(precious, at("own.gguf.importing"));
      await importOwn();
      assert.deepEqual(await names(), ["own.gguf", "own.gguf.json"]);
    });

    it("is not written to by what is made here", async () => {
      await symlink(precious, at("made.gguf.importing"));
      const make = (path: string) => writeFile(path, ggufBytes());
      const about = { source: "x", licence: undefined, at: new Date(0) };
      await folder.make("made.gguf", { make, about }, never);
      assert.deepEqual(await names(), ["made.gguf", "made.gguf.json"]);
    });
  });
});
