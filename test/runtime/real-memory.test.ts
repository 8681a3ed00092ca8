/** A real llama.cpp that is asked for more memory than there is: what its own words are taken to mean. */

import assert from "node:assert/strict";
import { RuntimeError } from "../../server/model/runtime-error.ts";
import { loadModel } from "../../server/runtime/embedded/load.ts";
import { memoryOf } from "../../server/runtime/supervisor/output-causes.ts";
import { scripted } from "../support/scripted-model.ts";

describe("a real llama.cpp that finds no memory", function () {
  this.timeout(120_000);

  it("fails with its own words, which say which memory it was", async () => {
    const trainedContextTokens = 1 << 24;
    const shape = { contextTokens: trainedContextTokens, layers: 32, width: 512, kvHeads: 8 };
    const path = await scripted({ infill: "x;" }, { ...shape, weights: "Q8_0" });
    // Nothing is needed, as far as our own reckoning goes: llama.cpp is to find out itself.
    const needs = {
      weightBytes: 0,
      kvBytesPerToken: 0,
      batchTokenBytes: 0,
      scoreBytes: 0,
      trainedContextTokens,
    };
    const tried: unknown[] = [];
    const { embedded } = await loadModel(
      { path, architecture: "qwen2", needs, completes: true },
      {
        library: await import("node-llama-cpp"),
        onProgress() {},
        onReported() {},
        onLog() {},
        onTried: (what) => tried.push(what),
      },
    );
    // 64 KiB of keys and values for each of 16 million tokens: a tebibyte.
    await assert.rejects(embedded.createContext(trainedContextTokens), (error) => {
      assert.ok(error instanceof RuntimeError);
      assert.equal(error.code, "out-of-memory");
      // The library loses some lines of its log: then there is the word of our own.
      const said = /^llama\.cpp says: .*insufficient memory \(attempted to allocate [\d.]+ MB\)/.test(
        error.message,
      );
      if (!said) assert.match(error.message, /^There is no memory for the model's context: /);
      assert.equal(memoryOf(error), said ? "main" : undefined);
      return true;
    });
    assert.deepEqual(tried[0], { contextTokens: 8192, gpuLayers: 0 });
    // What failed once says nothing of the next.
    const context = await embedded.createContext(512);
    assert.equal(context.contextSize, 512);
    await embedded.model.llama.dispose();
  });
});
