/** Rules that are there and cannot be read: what they would have hidden stays hidden. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { crawl, findFile } from "../../../../server/index/crawl/crawl.ts";
import { IgnoreRules } from "../../../../server/index/crawl/ignore-rules.ts";
import { boundByModes, itNeeds, posix } from "../../../support/needs.ts";

describe("rules that cannot be read", () => {
  const limits = { fileBytes: 1000, files: 100 };
  let root = "";
  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), "hearth-rules-")));
    await mkdir(join(root, "sub", "in"), { recursive: true });
    for (const path of ["a.ts", "sub/secretly.ts", "sub/in/b.ts"]) await writeFile(join(root, path), "");
  });
  afterEach(() => rm(root, { recursive: true }));

  async function outcomes(): Promise<readonly string[]> {
    const found: string[] = [];
    const walk = { from: root, rules: new IgnoreRules(root), limits };
    for await (const item of crawl(walk, new AbortController().signal))
      found.push(`${relative(root, item.path)} ${item.kind === "file" ? "found" : item.reason}`);
    return found;
  }

  async function check(make: (path: string) => unknown): Promise<void> {
    await make(join(root, "sub", ".gitignore"));
    assert.deepEqual(await outcomes(), ["a.ts found", "sub unreadable-rules"]);
    const found = await findFile(join(root, "sub", "in", "b.ts"), new IgnoreRules(root), limits);
    assert.equal(found?.kind === "skipped" && found.reason, "unreadable-rules");
  }

  const rulebooks: Readonly<Record<string, (path: string) => unknown>> = {
    "a device": (path) => symlink("/dev/zero", path),
    "a pipe": (path) => execFileSync("mkfifo", [path]),
    "a folder": (path) => mkdir(path),
    "a link that leads nowhere": (path) => symlink("gone", path),
    "a link that leads to itself": (path) => symlink(".gitignore", path),
  };
  for (const [what, make] of Object.entries(rulebooks)) {
    itNeeds(posix, `leave out their folder whole, as with ${what}`, () => check(make));
  }
  itNeeds(boundByModes, "leave out their folder whole, as with a file that may not be read", () =>
    check((path) => writeFile(path, "secretly.ts\n", { mode: 0o200 })),
  );

  it("are not those of a worktree, whose .git is a file", async () => {
    await writeFile(join(root, ".git"), "gitdir: elsewhere\n");
    assert.ok((await outcomes()).includes("a.ts found"));
  });
});
