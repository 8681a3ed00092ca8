/** `index.exclude`: lines of a `.gitignore` from the settings, on top of the folder's own. */

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { crawl } from "../../../../server/index/crawl/crawl.ts";
import { IgnoreRules } from "../../../../server/index/crawl/ignore-rules.ts";

describe("what the settings exclude", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hearth-exclude-"));
    for (const path of ["a.ts", "made/b.ts", "src/made.ts", "src/c.gen.ts", "src/kept.gen.ts"]) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), "const value = 1;\n");
    }
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function check(exclude: readonly string[], expected: readonly string[]): Promise<void> {
    const walk = {
      from: folder,
      rules: new IgnoreRules(folder, exclude),
      limits: { fileBytes: 1000, files: 1000 },
    };
    const read: string[] = [];
    for await (const found of crawl(walk, new AbortController().signal)) {
      if (found.kind === "file") read.push(relative(folder, found.path).replaceAll(sep, "/"));
    }
    assert.deepEqual(read.toSorted(), expected);
  }

  it("is nothing by default", () =>
    check([], ["a.ts", "made/b.ts", "src/c.gen.ts", "src/kept.gen.ts", "src/made.ts"]));
  it("is a folder", () => check(["made/"], ["a.ts", "src/c.gen.ts", "src/kept.gen.ts", "src/made.ts"]));
  it("is a pattern with exceptions", () =>
    check(["*.gen.ts", "!kept.gen.ts"], ["a.ts", "made/b.ts", "src/kept.gen.ts", "src/made.ts"]));
  it("is bound to the top by a slash", () =>
    check(["/a.ts", "/made.ts"], ["made/b.ts", "src/c.gen.ts", "src/kept.gen.ts", "src/made.ts"]));
  it("does not bring back what the folder ignores", async () => {
    await writeFile(join(folder, ".gitignore"), "src/\n");
    await check(["!src/made.ts", "a.ts", ".gitignore"], ["made/b.ts"]);
  });
});
