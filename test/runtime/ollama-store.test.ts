/** Models that a real Ollama pulls at the command line's word, after it was confirmed. */

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "mocha";
import { writeGguf } from "../support/gguf-writer.ts";
import { itNeeds } from "../support/needs.ts";
import { type OllamaProcess, startOllama } from "../support/ollama-process.ts";
import { OllamaRegistry } from "../support/ollama-registry.ts";
import { realOllama } from "../support/real-runtimes.ts";
import { runCli } from "../support/run-cli.ts";
import { scriptedContent } from "../support/scripted-model.ts";

describe("models of a real Ollama", function () {
  this.timeout(120_000);
  let home = "";
  let ollama: OllamaProcess | undefined;
  let registry: OllamaRegistry | undefined;
  before(async () => {
    if (!realOllama.need.met) return;
    home = await mkdtemp(join(tmpdir(), "hearth-store-"));
    const { metadata, tensors } = scriptedContent({ infill: "done();" }, { weights: "F16" });
    const path = join(home, "tiny-f16.gguf");
    // What kind of weights it has Ollama takes from here.
    await writeGguf(path, { metadata: [...metadata, ["general.file_type", "u32", 1]], tensors });
    registry = await OllamaRegistry.start(await readFile(path));
    ollama = await startOllama();
  });
  after(async () => {
    registry?.dispose();
    await ollama?.stop();
    await rm(home, { recursive: true, force: true });
  });

  async function hearth(...args: readonly string[]) {
    const { status, stdout, stderr } = await runCli({
      args: ["models", ...args, "--json", "--set", `runtimes.ollama.url=${ollama?.url}`],
      cwd: home,
      env: { HEARTH_HOME: home },
    });
    return { status, stderr, json: JSON.parse(stdout) as Record<string, unknown> };
  }

  async function names(): Promise<readonly string[]> {
    const answer = await fetch(`${ollama?.url}/api/tags`);
    const { models } = (await answer.json()) as { readonly models: readonly { readonly name: string }[] };
    return models.map(({ name }) => name).toSorted();
  }

  itNeeds(realOllama.need, "are pulled when host, bytes and licence were confirmed, and once", async () => {
    const name = `ollama/${registry?.model}`;
    const refused = await hearth("pull", name);
    assert.deepEqual([refused.status, await names()], [1, []]);
    const { status, json, stderr } = await hearth("pull", name, "--yes");
    assert.deepEqual([status, json["state"], json["model"]], [0, "fetched", name], stderr);
    assert.match(stderr, new RegExp(`From: ${registry?.host}, ${registry?.storeHost}`));
    assert.deepEqual(await names(), [registry?.model]);
    assert.equal((await hearth("pull", name, "--yes")).json["state"], "there");
  });

  itNeeds(realOllama.need, "are made smaller by it", async () => {
    const name = `ollama/${registry?.model}`;
    const { status, json } = await hearth("quantize", name, "Q8_0");
    assert.deepEqual([status, json["model"]], [0, `${name}-q8_0`], JSON.stringify(json));
    assert.deepEqual(await names(), [registry?.model, `${registry?.model}-q8_0`]);
    const twice = await hearth("quantize", `${name}-q8_0`, "Q4_K_M");
    assert.equal((twice.json["error"] as { readonly code: string }).code, "not-quantized");
    const rare = (await hearth("quantize", name, "IQ2_XS")).json["error"] as Record<string, string>;
    assert.match(rare["message"] ?? "", /unsupported quantization type .*supported types are/);
    assert.equal(rare["mend"], "Take one of these.");
    const none = (await hearth("quantize", "ollama/nothing-like-it", "Q8_0")).json["error"];
    assert.equal((none as Record<string, string>)["mend"], "See what Ollama has: ollama list.");
  });
});
