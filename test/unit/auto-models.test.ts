/** Which model `auto` takes: of the files that are there, and of an Ollama that runs. */

import assert from "node:assert/strict";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type AutoSource, autoModels } from "../../server/auto-models.ts";
import { defaultSettings } from "../../server/config/resolve-settings.ts";
import { autoServed, type ServedModel } from "../../server/model/findings.ts";
import { ggufBytes, soundMetadata } from "../support/gguf-fixtures.ts";
import { never } from "../support/host-fixture.ts";
import { type Answer, type OllamaStandIn, ollamaStandIn, value } from "../support/ollama-stand-in.ts";

const shown = (more: object) => ({
  template: "{{ .Prompt }}",
  capabilities: ["completion"],
  model_info: {},
  ...more,
});
const chatting = (more: object) =>
  shown({ template: "{{ range .Messages }}{{ .Content }}{{ end }}", ...more });
const details: Readonly<Record<string, object>> = {
  "qwen2.5-coder:1.5b-base": shown({ model_info: { "general.parameter_count": 1.5e9 } }),
  "granite-code:latest": shown({ capabilities: ["completion", "insert"] }),
  "strange:7b": shown({ capabilities: ["completion", "insert"] }),
  "llama3:8b": shown({}),
  "deepseek-r1:7b": chatting({ capabilities: ["completion", "thinking"] }),
  "qwen3:14b": chatting({ capabilities: ["completion", "thinking"] }),
  // It goes on with a text, and answers nobody.
  "deepseek-r1:1.5b": shown({ capabilities: ["completion", "thinking"] }),
  "nomic-embed-text:latest": shown({ capabilities: ["embedding"] }),
  "seedling:latest": shown({
    model_info: { "general.name": "seedling-coder", "general.parameter_count": 3e6 },
  }),
};
const sizes: Readonly<Record<string, number>> = {
  "qwen3:14b": 9e9,
  "strange:7b": 4e9,
  "deepseek-r1:7b": 5e9,
};
const tags = Object.keys(details).map((name) => ({ name, size: sizes[name] ?? 1e9 }));
const show: Answer = (response, body) => value(details[(body as { model: string }).model])(response, body);

describe("autoModels", () => {
  let models: string;
  let ollama: OllamaStandIn;
  const opened: OllamaStandIn[] = [];
  const open = async (more: Readonly<Record<string, Answer>> = {}) => {
    ollama = await ollamaStandIn({ "/api/tags": value({ models: tags }), "/api/show": show, ...more });
    opened.push(ollama);
  };
  const source = (env: AutoSource["env"] = { OLLAMA_HOST: ollama.url }): AutoSource => ({
    settings: defaultSettings,
    models,
    env,
  });

  beforeEach(async () => {
    models = await mkdtemp(join(tmpdir(), "hearth-auto-"));
  });
  afterEach(async () => {
    await rm(models, { recursive: true, force: true });
    for (const each of opened.splice(0)) await each.dispose();
  });

  it("takes of an Ollama that runs what can do the role, the best first, and asks for nothing to be loaded", async () => {
    await open();
    const names = async (role: "complete" | "reason") =>
      (await autoModels(role, source(), never)).map((model) => JSON.stringify(model));
    const found = (model: string) =>
      JSON.stringify({ kind: "remote", runtime: "ollama", model, found: true });
    assert.deepEqual(await names("complete"), [
      found("strange:7b"),
      found("qwen2.5-coder:1.5b-base"),
      found("granite-code"),
    ]);
    assert.deepEqual(await names("reason"), [found("deepseek-r1:7b"), found("qwen3:14b")]);
    assert.deepEqual(
      [...new Set(ollama.asked.map(({ path }) => path))],
      ["/api/version", "/api/tags", "/api/show"],
    );
  });

  it("takes a file of the models folder before, and then asks no Ollama", async () => {
    await open();
    await writeLargeCoder(join(models, "coder.gguf"));
    const [best] = await autoModels("complete", source(), never);
    assert.deepEqual(best, { kind: "embedded", model: join(models, "coder.gguf") });
    assert.deepEqual(ollama.asked, []);
  });

  const nothing: readonly (readonly [
    name: string,
    env: AutoSource["env"] | undefined,
    more: Readonly<Record<string, Answer>>,
  ])[] = [
    ["nobody answers", { OLLAMA_HOST: "127.0.0.1:1" }, {}],
    ["OLLAMA_HOST names another machine, which must not be asked", { OLLAMA_HOST: "192.0.2.1" }, {}],
    ["a stranger answers", undefined, { "/api/version": value({}) }],
    ["the details are no JSON", undefined, { "/api/show": (response) => void response.end("<html>") }],
    [
      "all of them are elsewhere",
      undefined,
      { "/api/tags": value({ models: tags.map((tag) => ({ ...tag, remote_host: "https://far.example" })) }) },
    ],
  ];
  for (const [name, env, more] of nothing) {
    it(`takes none where ${name}`, async () => {
      await open(more);
      assert.deepEqual(await autoModels("complete", source(env), never), []);
    });
  }
});

/** Of 64 million parameters, which are holes in the file. */
async function writeLargeCoder(path: string): Promise<void> {
  const tokens = ["a", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"];
  const metadata = soundMetadata.map((entry) => {
    if (entry[0] === "general.name") return ["general.name", "string", "Qwen2.5 Coder"] as const;
    return entry[0] === "tokenizer.ggml.tokens" ? ([entry[0], "strings", tokens] as const) : entry;
  });
  const rows = 1_000_000;
  const tensors = [{ name: "output.weight", type: "Q8_0", shape: [64, rows], values: [] }] as const;
  const header = ggufBytes({ metadata, tensors, data: 0 });
  await writeFile(path, header);
  await truncate(path, header.length + (rows * 64 * 34) / 32);
}

it("autoServed puts an R1 before what only thinks, for reasoning, and the larger one first", () => {
  const model = (name: string, more: Partial<ServedModel>): ServedModel => ({
    name,
    bytes: 1,
    parameters: 1e9,
    fills: false,
    reasons: "no",
    ...more,
  });
  const served = [
    model("thinks", { bytes: 9, reasons: "thinks" }),
    model("small", { bytes: 2, reasons: "r1", fills: true }),
    model("large", { bytes: 5, reasons: "r1", fills: true }),
    model("tiny", { bytes: 7, reasons: "r1", fills: true, parameters: 1e6 }),
  ];
  const names = (role: "complete" | "reason") => autoServed(role, served).map(({ name }) => name);
  assert.deepEqual(names("reason"), ["large", "small", "thinks"]);
  assert.deepEqual(names("complete"), ["large", "small"]);
});
