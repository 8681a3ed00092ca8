import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { autoCandidates, completionCandidates } from "../../../../server/model/findings.ts";
import { listLocalModels, localModelPath } from "../../../../server/runtime/embedded/local-models.ts";

const seedling = new URL("../../../fixtures/models/seedling-q8_0.gguf", import.meta.url);

describe("local models", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hearth-models-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("finds none where there is no folder", async () => {
    assert.deepEqual(await listLocalModels(join(folder, "missing")), []);
  });

  it("tells models from files that only look like one", async () => {
    await copyFile(seedling, join(folder, "seedling-q8_0.gguf"));
    await writeFile(join(folder, "broken.GGUF"), "GGUF");
    await writeFile(join(folder, "notes.txt"), "");
    const files = await listLocalModels(folder);
    assert.deepEqual(
      files.map((file) => (file.kind === "model" ? file.name : file.error.code)),
      ["model-invalid", "seedling-q8_0"],
    );
    assert.deepEqual(
      completionCandidates(files).map(({ name, fim }) => ({ name, fim })),
      [{ name: "seedling-q8_0", fim: "qwen" }],
    );
  });

  it("lets nothing choose a model made for tests that nobody has named", async () => {
    assert.deepEqual(autoCandidates(await listLocalModels(folder)), []);
  });

  const paths = [
    ["/models/a.gguf", "/models/a.gguf"],
    ["./a.gguf", "./a.gguf"],
    ["a", join("/home", "a.gguf")],
    ["a.GGUF", join("/home", "a.GGUF")],
  ] as const;
  for (const [name, path] of paths) {
    it(`reads embedded/${name} as ${path}`, () => assert.equal(localModelPath(name, "/home"), path));
  }
});
