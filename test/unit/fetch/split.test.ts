/** Models in several files: fetched, checked, listed, imported and removed as one. */

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { FetchError } from "../../../server/fetch/fetch-error.ts";
import { ModelFolder } from "../../../server/fetch/model-folder.ts";
import { WebClient } from "../../../server/fetch/web-client.ts";
import { pullFrom } from "../../support/fetching.ts";
import { writeSplitGguf } from "../../support/gguf-writer.ts";
import { ModelHub } from "../../support/model-hub.ts";
import { scriptedContent } from "../../support/scripted-model.ts";

const never = new AbortController().signal;
const importing = { onProgress: () => {}, at: new Date(0), maxGigabytes: 0 };

describe("a model in several files", () => {
  let home = "";
  let hub: ModelHub;
  let client: WebClient;
  let files: readonly string[] = [];
  let total = 0;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "hearth-split-"));
    await mkdir(join(home, "source"));
    const paths = await writeSplitGguf(
      join(home, "source", "m-q8_0"),
      scriptedContent({ infill: "a();" }),
      3,
    );
    files = paths.map((path) => basename(path));
    const [first, ...others] = await Promise.all(
      paths.map(async (path) => ({ file: basename(path), bytes: await readFile(path) })),
    );
    assert.ok(first);
    total = [first, ...others].reduce((sum, { bytes }) => sum + bytes.length, 0);
    hub = await ModelHub.start({ ...first, others });
    client = new WebClient({ httpProxy: "", httpsProxy: "", noProxy: "" });
  });
  afterEach(async () => {
    client.dispose();
    hub.dispose();
    await rm(home, { recursive: true });
  });

  const pull = (name?: string) => pullFrom(hub, { home, client, name });
  const models = (name = "") => join(home, "models", name);
  const there = async () => (await readdir(models())).filter((name) => !name.endsWith(".json")).toSorted();
  const folder = () => new ModelFolder(home);

  it("is asked about once, with all its bytes, and fetched to its last file", async () => {
    const { result, asked, progress } = await pull(`${hub.repository}:Q8_0`);
    const [question] = asked;
    assert.ok(question?.kind === "fetch" && asked.length === 1);
    assert.equal(question.offer.bytes, total);
    assert.deepEqual([result.model, result.bytes], ["embedded/m-q8_0-00001-of-00003", total]);
    assert.deepEqual(await there(), files);
    const last = progress.at(-1);
    assert.deepEqual([last?.bytes, last?.total], [total, total]);
    const steps = progress.map(({ bytes }) => bytes);
    assert.deepEqual(
      steps,
      steps.toSorted((a, b) => a - b),
      "it goes forward all the time",
    );
    assert.equal((await pull()).result.state, "there");
  });

  it("is meant whichever of its files is named", async () => {
    const { result } = await pull(`${hub.repository}/${files[1]}`);
    assert.equal(result.file, files[0]);
  });

  it("is no model before its last file is there, and goes on with what is missing", async () => {
    hub.faults.push({ kind: "break", after: 1e9 }, { kind: "status", status: 404 });
    await assert.rejects(pull(), { code: "not-found" });
    assert.deepEqual((await folder().content()).models, []);
    const { leftovers } = await folder().content();
    assert.deepEqual(
      leftovers.map(({ name }) => name),
      [`${files[1]}.part`, files[2]],
    );
    const { asked } = await pull();
    assert.ok(asked[0]?.kind === "fetch" && asked[0].have > 0);
    assert.equal(hub.gets.filter(({ path }) => path.includes(hub.sha256)).length, 1);
    assert.deepEqual(await there(), files);
  });

  it("is listed, checked and removed as one", async () => {
    await pull();
    const [model] = (await folder().content()).models;
    assert.deepEqual([model?.name, model?.bytes], ["m-q8_0-00001-of-00003", total]);
    const check = async () =>
      (await folder().verify(() => {}, never)).map(({ name, state }) => ({ name, state }));
    assert.deepEqual(await check(), [{ name: "m-q8_0-00001-of-00003", state: "sound" }]);
    const last = models(files[2]);
    const bytes = await readFile(last);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(last, bytes);
    assert.deepEqual(await check(), [{ name: "m-q8_0-00001-of-00003", state: "changed" }]);
    await folder().remove("m-q8_0-00001-of-00003");
    assert.deepEqual(await readdir(models()), []);
  });

  it("is imported with all its files, and not without one of them", async () => {
    const from = join(home, "source", files[0] ?? "");
    const kept = await folder().import(from, importing, never);
    assert.deepEqual([kept.bytes, await there()], [total, files]);
    await rm(models(), { recursive: true });
    await rm(join(home, "source", files[1] ?? ""));
    await assert.rejects(folder().import(from, importing, never), { code: "model-not-found" });
  });

  it("is not fetched where the repository lacks a file of it", async () => {
    hub.dispose();
    const path = join(home, "source", files[0] ?? "");
    hub = await ModelHub.start({ file: files[0] ?? "", bytes: await readFile(path) });
    const error = await pull().catch((thrown: unknown) => thrown);
    assert.ok(error instanceof FetchError);
    assert.deepEqual([error.code, error.values], ["in-parts", [files[0], files[1]]]);
  });
});
