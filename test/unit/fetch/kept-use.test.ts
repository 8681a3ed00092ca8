/** What model files that are here can be used for, as their headers say. */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { keptUse } from "../../../server/fetch/kept-use.ts";
import { ggufBytes, soundMetadata } from "../../support/gguf-fixtures.ts";
import type { MetadataEntry } from "../../support/gguf-writer.ts";

const tokens = ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"];
const template: MetadataEntry = ["tokenizer.chat_template", "string", "{{ messages }}"];
const pooling = (type: number): MetadataEntry => ["qwen2.pooling_type", "u32", type];

describe("a model file is good", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hearth-use-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function use(file: string, more: readonly MetadataEntry[]) {
    const path = join(folder, file);
    const kept = soundMetadata.filter(([key]) => !more.some(([name]) => name === key));
    await writeFile(path, ggufBytes({ metadata: [...kept, ...more] }));
    return keptUse(path);
  }

  const rows: readonly (readonly [what: string, file: string, more: MetadataEntry[], fits: string[]])[] = [
    [
      "to complete",
      "qwen-coder.gguf",
      [["tokenizer.ggml.tokens", "strings", tokens], template],
      ["complete"],
    ],
    ["to reason, with a template", "model.gguf", [template], ["reason"]],
    ["to reason, with a name that is known for it", "deepseek-r1.gguf", [], ["reason"]],
    ["to embed, by the mean of its tokens", "model.gguf", [pooling(1)], ["embed"]],
    ["to embed, as one that was made of a chat model is", "model.gguf", [pooling(3), template], ["embed"]],
    ["for nothing, where it only ranks", "model.gguf", [pooling(4)], []],
    ["for nothing, where it only goes on with a text", "model.gguf", [pooling(0)], []],
  ];
  for (const [what, file, more, fits] of rows)
    it(what, async () => {
      const found = await use(file, more);
      assert.deepEqual(found.kind === "usable" && found.fits, fits);
    });

  it("for nothing, where it is cut short", async () => {
    const path = join(folder, "cut.gguf");
    await writeFile(path, ggufBytes().subarray(0, 100));
    assert.equal((await keptUse(path)).kind, "unusable");
  });
});
