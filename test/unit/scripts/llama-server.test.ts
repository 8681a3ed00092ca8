/** Where the script finds a llama-server that is there, so that it builds none. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { findLlamaServer, keptIn, type LlamaServerPlaces } from "../../../scripts/llama-server.ts";
import { fillFolder, type KeptFolder, stampOf } from "../../../scripts/setup/kept-folder.ts";
import { itNeeds, posix } from "../../support/needs.ts";

describe("a llama-server for tests", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hearth-find-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const found = (places: Partial<LlamaServerPlaces>) =>
    findLlamaServer({ named: undefined, searchPath: "", cache: join(folder, "cache"), cpu: "a", ...places });

  function program(name: string, mode = 0o755): string {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "#!/bin/sh\n", { mode });
    return path;
  }

  it("is not there on a bare machine", async () =>
    assert.equal(await found({ searchPath: folder }), undefined));

  it("is the one that is named, before one on the PATH", async () => {
    const named = program("elsewhere/my-server");
    program("bin/llama-server");
    assert.equal(await found({ named, searchPath: join(folder, "bin") }), named);
  });

  it("is missed, and not replaced, when the one that is named is not there", async () => {
    program("bin/llama-server");
    const places = { named: join(folder, "absent"), searchPath: join(folder, "bin") };
    await assert.rejects(found(places), { code: "ENOENT" });
  });

  itNeeds(posix, "is the first on the PATH that can be run", async () => {
    program("first/llama-server", 0o644);
    const second = program("second/llama-server");
    const searchPath = ["", join(folder, "first"), join(folder, "second")].join(delimiter);
    assert.equal(await found({ searchPath }), second);
  });

  it("is the one that was built for this CPU, when it was built to the end", async () => {
    const kept = keptIn({ cache: join(folder, "cache"), cpu: "a" });
    const built = program(join("cache", kept.name, "llama-server"));
    assert.equal(await found({}), undefined, "without its stamp");
    writeFileSync(join(dirname(built), kept.stampName), "{}");
    assert.equal(await found({}), built);
    assert.equal(await found({ cpu: "b" }), undefined, "on another CPU");
  });
});

describe("a folder that is filled once", () => {
  let cache = "";
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "hearth-kept-"));
  });
  afterEach(() => rmSync(cache, { recursive: true }));
  const kept = (): KeptFolder => ({ cache, name: "thing-1", stampName: "stamp.json" });

  it("counts when it is whole, and stands alone", () => {
    fillFolder(kept(), (staging) => {
      writeFileSync(join(staging, "thing"), "");
      return { version: 1 };
    });
    assert.equal(stampOf(kept()), '{"version":1}');
    assert.deepEqual(readdirSync(cache), ["thing-1"]);
    assert.deepEqual(readdirSync(join(cache, "thing-1")).toSorted(), ["stamp.json", "thing"]);
  });

  it("does not count when its filling broke off, and is filled anew", () => {
    const broken = () => fillFolder(kept(), () => assert.fail("no compiler"));
    assert.throws(broken, /no compiler/);
    assert.equal(stampOf(kept()), undefined);
    fillFolder(kept(), () => ({ version: 2 }));
    assert.equal(stampOf(kept()), '{"version":2}');
  });
});
