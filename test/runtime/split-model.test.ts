/** A model in several files in the real llama.cpp, loaded by the first. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, it } from "mocha";
import { writeSplitGguf } from "../support/gguf-writer.ts";
import { complete, hostFixture, never } from "../support/host-fixture.ts";
import { scriptedContent } from "../support/scripted-model.ts";

describe("a model in several files", function () {
  this.timeout(60_000);
  const host = hostFixture();
  let folder = "";
  afterEach(async () => {
    await host.dispose();
    await rm(folder, { recursive: true });
  });

  it("writes what it would in one", async () => {
    folder = await mkdtemp(join(tmpdir(), "hearth-split-"));
    const content = scriptedContent({ infill: "done();" });
    const [first = ""] = await writeSplitGguf(join(folder, "coder"), content, 3);
    const { runtime } = await host.client().open({ runtime: "embedded", path: first }, never);
    assert.equal((await complete(runtime, "return ")).text, "done();");
  });
});
