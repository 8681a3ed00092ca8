import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { FolderReader } from "../../../../server/index/ngram/folder-reader.ts";
import { NgramModel } from "../../../../server/index/ngram/ngram-model.ts";
import { listOmissions, Omissions } from "../../../../server/index/ngram/omissions.ts";

describe("folder reader", () => {
  let root = "";
  let model = new NgramModel();
  let reader = new FolderReader(model, { open: () => [] });
  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), "hearth-reader-")));
    model = new NgramModel();
    reader = new FolderReader(model, { open: () => [] });
  });
  afterEach(async () => {
    reader.dispose();
    await rm(root, { recursive: true });
  });

  const limits = (files: number) => ({ fileBytes: 1000, files });
  /** Each newer than the one before. */
  const write = async (folder: string, names: readonly string[]) => {
    await mkdir(join(root, folder), { recursive: true });
    for (const [i, name] of names.entries()) {
      await writeFile(join(root, folder, name), "let a;\n");
      await utimes(join(root, folder, name), i, i);
    }
  };
  const read = () => [...model.paths()].map((path) => basename(path)).sort();
  const omitted = () => reader.omitted.map(({ reason, count }) => `${reason} ${count}`).sort();

  it("counts against the limit only what it reads", async () => {
    await write("", ["a.log", "b.png", "c.pem", "d.log", "y.ts", "z.ts"]);
    await writeFile(join(root, ".gitignore"), "*.log\n.gitignore\n");
    await reader.add(root, limits(2));
    assert.deepEqual(read(), ["y.ts", "z.ts"]);
    assert.deepEqual(omitted(), ["binary 1", "ignored 3", "secret 1"]);
  });

  it("counts what it reads over all folders", async () => {
    await write("one", ["a.ts", "b.ts"]);
    await write("two", ["c.ts", "d.ts"]);
    await Promise.all([reader.add(join(root, "one"), limits(3)), reader.add(join(root, "two"), limits(3))]);
    assert.equal(model.files, 3);
    assert.deepEqual(omitted(), ["too-many-files 1"]);
    reader.remove(join(root, "one"));
    await reader.add(join(root, "two"), limits(3));
    assert.deepEqual([read(), omitted()], [["c.ts", "d.ts"], []]);
  });

  it("reads new files in place of those that are gone", async () => {
    await write("", ["a.ts", "b.ts"]);
    await reader.add(root, limits(2));
    await rm(join(root, "a.ts"));
    await write("", ["c.ts"]);
    await reader.add(root, limits(2));
    assert.deepEqual(read(), ["b.ts", "c.ts"]);
  });

  it("keeps the newest when the limit falls, and takes a saved file only within it", async () => {
    await write("", ["a.ts", "b.ts", "c.ts", "d.ts"]);
    await reader.add(root, limits(4));
    await reader.add(root, limits(2));
    assert.equal(model.files, 2);
    await reader.saved(join(root, "a.ts"));
    assert.equal(model.files, 2);
  });

  it("forgets why a file was left out when it no longer is, or is gone", async () => {
    await write("", ["a.png", "b.ts"]);
    await writeFile(join(root, "b.ts"), "x;\n".repeat(1000));
    await reader.add(root, limits(9));
    assert.deepEqual(omitted(), ["binary 1", "too-large 1"]);
    await writeFile(join(root, "b.ts"), "x;\n");
    await rm(join(root, "a.png"));
    await reader.add(root, limits(9));
    assert.deepEqual(omitted(), []);
  });

  it("reads a folder that has changed by the rules of all folders above it", async () => {
    await writeFile(join(root, ".gitignore"), "made.ts\nout/\n");
    await writeFile(join(root, ".hearthignore"), "/sub/in/own.ts\n");
    await reader.add(root, { ...limits(9), exclude: ["/sub/set.ts"] });
    await write("sub", ["a.ts", "made.ts", "set.ts"]);
    await write("sub/in", ["b.ts", "own.ts"]);
    await write("out", ["c.ts"]);
    await write("node_modules", ["d.ts"]);
    for (const folder of ["sub", "out", "node_modules"]) await reader.saved(join(root, folder));
    assert.deepEqual(read(), [".gitignore", ".hearthignore", "a.ts", "b.ts"]);
  });

  it("reads the rules of a folder that has changed anew", async () => {
    await write("sub", ["a.ts"]);
    await reader.add(root, limits(9));
    await rm(join(root, "sub"), { recursive: true });
    await reader.saved(join(root, "sub"));
    await write("sub", ["a.ts", "b.ts"]);
    await writeFile(join(root, "sub", ".gitignore"), "a.ts\n");
    await reader.saved(join(root, "sub"));
    assert.deepEqual(read(), [".gitignore", "b.ts"]);
  });

  it("forgets a left out file that is deleted", async () => {
    await write("sub", ["a.png"]);
    await reader.add(root, limits(9));
    await rm(join(root, "sub"), { recursive: true });
    await reader.saved(join(root, "sub"));
    assert.deepEqual(omitted(), []);
  });
});

describe("omissions", () => {
  it("count each file once, however many there are and however often they are met", () => {
    const omissions = new Omissions();
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 12_000; i++) omissions.set(`/w/${i}.png`, "binary");
    }
    const [binary] = listOmissions([omissions]);
    assert.deepEqual([binary?.reason, binary?.count, binary?.examples.length], ["binary", 12_000, 5]);
    omissions.delete("/w/11999.png");
    assert.equal(listOmissions([omissions])[0]?.count, 11_999);
  });
});
