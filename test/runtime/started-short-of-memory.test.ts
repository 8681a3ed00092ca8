/** A llama-server that Hearth starts and that finds no memory: with what it is started next, and what is said. */

import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SpecOf } from "../../server/runtime/host/client.ts";
import { ofWire } from "../../server/runtime/wire/errors.ts";
import { complete, hostFixture, never } from "../support/host-fixture.ts";
import { describeNeeds } from "../support/needs.ts";
import { realLlamaServer } from "../support/real-runtimes.ts";
import { scripted } from "../support/scripted-model.ts";
import { shortOfGpu } from "../support/short-of-gpu.ts";

type Spec = SpecOf<"started-llama-server">;

/** As a llama-server on CUDA ends (ggml-cuda.cu, llama-model.cpp, server.cpp). */
const cudaFull = `0.01.022.120 E ggml_backend_cuda_buffer_type_alloc_buffer: allocating 4095.05 MiB on device 0: cudaMalloc failed: out of memory
0.01.022.500 E llama_model_load: error loading model: unable to allocate CUDA0 buffer
0.01.022.501 E srv    load_model: failed to load model, '/models/large.gguf'
0.01.022.600 E srv  llama_server: exiting due to model loading error`;
const cudaSaid =
  "llama-server says: ggml_backend_cuda_buffer_type_alloc_buffer: allocating 4095.05 MiB on device 0: cudaMalloc failed: out of memory";

describeNeeds(realLlamaServer.need, "a llama-server that finds no memory", function () {
  this.timeout(120_000);
  const fixture = hostFixture();
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hearth-short-"));
  });
  afterEach(async () => {
    await fixture.dispose();
    rmSync(folder, { recursive: true });
  });

  it("is started with less each time, and says each step once", async () => {
    const shape = { contextTokens: 8192, layers: 7 };
    copyFileSync(await scripted({ infill: "return x;" }, shape), join(folder, "large.gguf"));
    const { program, starts } = shortOfGpu(folder, realLlamaServer.path, Array<string>(5).fill(cudaFull));
    const client = fixture.client();
    const said: string[] = [];
    client.onEvent(({ step, error }) => {
      if (step && error) said.push(`${ofWire(step).message} <- ${ofWire(error).message}`);
    });
    const path = join(folder, "large.gguf");
    const spec: Spec = { runtime: "started-llama-server", program, args: ["--threads", "1"], path };
    const { info, runtime } = await client.open(spec, never);
    assert.deepEqual(starts(), [
      "16384 large.gguf",
      "16384 large.gguf",
      "8192 large.gguf",
      "4096 large.gguf",
      "4096 4 large.gguf",
      "4096 2 large.gguf",
    ]);
    assert.deepEqual(said, [
      `large is tried once more: memory ran out. <- ${cudaSaid}`,
      `large gets a context of 4,096 tokens: memory does not hold a longer one. <- ${cudaSaid}`,
      `large gets a context of 2,048 tokens: memory does not hold a longer one. <- ${cudaSaid}`,
      `large gets 4 of its 8 layers on the GPU, whose memory does not hold more: it is slower. <- ${cudaSaid}`,
      `large gets 2 of its 8 layers on the GPU, whose memory does not hold more: it is slower. <- ${cudaSaid}`,
    ]);
    assert.equal(info.contextTokens, 2048);
    assert.equal((await complete(runtime, "a")).text, "return x;");
  });

  it("fails what it was doing when memory runs out at work, and comes back with less the second time", async () => {
    copyFileSync(
      await scripted({ infill: "return x;" }, { contextTokens: 8192 }),
      join(folder, "large.gguf"),
    );
    const { program, starts, die } = shortOfGpu(folder, realLlamaServer.path, []);
    const path = join(folder, "large.gguf");
    const client = fixture.client();
    const states: string[] = [];
    let arrived = () => {};
    client.onEvent(({ state, step, info }) => {
      states.push(step ? ofWire(step).message : `${state} ${info?.contextTokens ?? ""}`);
      if (state === "ready") arrived();
    });
    const ready = () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      arrived = resolve;
      return promise;
    };
    const spec: Spec = { runtime: "started-llama-server", program, args: ["--threads", "1"], path };
    const { runtime } = await client.open(spec, never);
    for (const context of ["16384", "8192"]) {
      const back = ready();
      // As ggml_cuda_error writes it before it aborts.
      die("CUDA error: out of memory\n  current device: 0, in function alloc at ggml-cuda.cu:450");
      await back;
      assert.equal((await complete(runtime, "a")).text, "return x;");
      assert.equal(starts().at(-1), `${context} large.gguf`);
    }
    assert.equal(starts().length, 3);
    assert.deepEqual(
      states.filter((said) => said.startsWith("large")),
      [
        "large is tried once more: memory ran out.",
        "large gets a context of 4,096 tokens: memory does not hold a longer one.",
      ],
    );
    assert.equal(states.at(-1), "ready 4096");
  });

  it("leaves what the person's own arguments say as it is", async () => {
    copyFileSync(await scripted({ infill: "return x;" }), join(folder, "large.gguf"));
    const { program, starts } = shortOfGpu(folder, realLlamaServer.path, Array<string>(9).fill(cudaFull));
    const args = ["-c", "4096", "-ngl", "99"];
    const spec: Spec = { runtime: "started-llama-server", program, args, path: join(folder, "large.gguf") };
    await assert.rejects(fixture.client().open(spec, never), { code: "out-of-memory", message: cudaSaid });
    assert.equal(starts().length, 2, "once more, and no other way is ours to choose");
  });
});
