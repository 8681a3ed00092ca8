/** A host whose models run out of memory: what is loaded instead, and what those who use it are told. */

import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../server/base/clock.ts";
import { silentLogger } from "../../server/base/log.ts";
import { entryPoint } from "../../server/entries.ts";
import type { RuntimeError } from "../../server/model/runtime-error.ts";
import { HostClient, type HostClientOptions, type ModelEvent } from "../../server/runtime/host/client.ts";
import { ofWire } from "../../server/runtime/wire/errors.ts";
import { complete, gone, hostFixture, never } from "../support/host-fixture.ts";
import { scripted } from "../support/scripted-model.ts";
import { loadsOf, type ShortOfMemory, scriptLives, shortOfMemoryEntry } from "../support/short-of-memory.ts";

/** As llama.cpp's CUDA back end writes it (ggml-cuda.cu, llama-model.cpp). */
const cudaFull =
  "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 4095.05 MiB on device 0: cudaMalloc failed: out of memory\n" +
  "llama_model_load: error loading model: unable to allocate CUDA0 buffer";
const cudaSaid =
  "llama.cpp says: ggml_backend_cuda_buffer_type_alloc_buffer: allocating 4095.05 MiB on device 0: cudaMalloc failed: out of memory";
/** What Vulkan's says (ggml-vulkan-buffers.cpp). */
const vulkanFull =
  "ggml_vulkan: Device memory allocation of size 1879048192 failed.\nggml_vulkan: vk::Device::allocateMemory: ErrorOutOfDeviceMemory";
const mainFull = "The model with a context of 512 tokens needs 20.1 GiB of memory, and 7.9 GiB are free.";

describe("a host whose models run out of memory", function () {
  this.timeout(60_000);
  let folder = "";
  let large = "";
  let small = "";
  before(async () => {
    large = await scripted({ infill: "return x;" }, { name: "large", layers: 8, width: 1024 });
    small = await scripted({ infill: "return x;" }, { name: "small" });
  });
  const host = hostFixture();
  const clients: HostClient[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hearth-short-"));
    copyFileSync(large, join(folder, "large.gguf"));
  });
  afterEach(async () => {
    for (const one of clients.splice(0)) one.dispose();
    await host.dispose();
    rmSync(folder, { recursive: true });
  });

  function client(more: Partial<HostClientOptions> = {}) {
    const made = new HostClient({
      home: host.home,
      entry: entryPoint("host"),
      childEntry: shortOfMemoryEntry,
      log: silentLogger,
      clock: systemClock,
      idleMs: 200,
      ...more,
    });
    clients.push(made);
    const said: string[] = [];
    made.onEvent((event) => said.push(...sentences(event)));
    const spec = { runtime: "embedded", path: join(folder, "large.gguf") } as const;
    return { client: made, said, open: () => made.open(spec, never) };
  }

  function sentences({ state, step, error, info }: ModelEvent): readonly string[] {
    if (step) return [`${state}: ${ofWire(step).message} <- ${error ? ofWire(error).message : ""}`];
    if (error) return [`${state}: ${ofWire(error).message}`];
    return info ? [`${state}: ${info.name} ${info.contextTokens}`] : [];
  }

  function script(lives: ShortOfMemory) {
    scriptLives(folder, lives);
  }

  function times(count: number, refuses: string) {
    return Array.from({ length: count }, () => ({ refuses }));
  }

  it("loads a model a step lower for each death, says each once, and begins there the next time", async () => {
    script({ lives: [{ dies: cudaFull }, { dies: cudaFull }, { dies: vulkanFull }], gpuLayers: 9 });
    const { open, said, client: first } = client();
    const { info, runtime } = await open();
    assert.deepEqual(loadsOf(folder), [
      "large usual fitting",
      "large usual fitting",
      "large 4096 fitting",
      "large 2048 fitting",
    ]);
    const vulkanSaid = "llama.cpp says: ggml_vulkan: Device memory allocation of size 1879048192 failed.";
    assert.deepEqual(said, [
      `loading: large is tried once more: memory ran out. <- ${cudaSaid}`,
      `loading: large gets a context of 4,096 tokens: memory does not hold a longer one. <- ${cudaSaid}`,
      `loading: large gets a context of 2,048 tokens: memory does not hold a longer one. <- ${vulkanSaid}`,
      "ready: large 2048",
    ]);
    assert.equal(info.contextTokens, 2048);
    assert.deepEqual(info.reduced?.values, ["large", "2,048"]);
    assert.equal((await complete(runtime, "a")).text, "whole");
    const pid = (await first.metrics())?.pid ?? 0;
    first.dispose();
    await gone(pid);
    const next = client();
    assert.equal((await next.open()).info.contextTokens, 2048);
    assert.deepEqual(loadsOf(folder).slice(4), ["large 2048 fitting"]);
    assert.deepEqual(next.said, ["ready: large 2048"], "nobody is told twice");
  });

  it("is loaded in full again when a person restarts by hand, also one that stayed loaded", async () => {
    script({ lives: times(2, "unable to allocate CUDA0 buffer"), gpuLayers: 9 });
    const { open, client: first } = client({ idleMs: 60_000 });
    assert.equal((await open()).info.contextTokens, 4096);
    const pid = (await first.metrics())?.pid ?? 0;
    first.dispose();
    assert.equal((await client().open()).info.contextTokens, 4096);
    for (const one of clients.splice(0)) one.dispose();
    const { open: openAgain } = client({ forgives: true });
    const { info } = await openAgain();
    assert.deepEqual([info.contextTokens, info.reduced], [8192, undefined]);
    for (const one of clients.splice(0)) one.dispose();
    process.kill(pid, "SIGTERM");
    await gone(pid);
  });

  it("uses a smaller model beside it where the main memory does not hold it", async () => {
    copyFileSync(small, join(folder, "small.gguf"));
    script({ lives: times(4, mainFull), gpuLayers: 0 });
    const { open, said } = client();
    const { info } = await open();
    assert.equal(info.name, "small");
    assert.deepEqual(said.slice(3), [
      `loading: small is used in place of large, which memory does not hold. <- ${mainFull}`,
      "ready: small 2048",
    ]);
  });

  it("goes to the CPU at last, and is paused where that does not help either", async () => {
    script({ lives: times(7, "unable to allocate CUDA0 buffer"), gpuLayers: 9 });
    const { open, said } = client();
    await assert.rejects(open(), (error: RuntimeError) => {
      assert.equal(error.code, "out-of-memory");
      assert.match(error.mend ?? "", /^Every way to load it was tried\./);
      return true;
    });
    assert.deepEqual(loadsOf(folder).slice(4), ["large 2048 4", "large 2048 0"]);
    assert.equal(said.at(-1), "failed: unable to allocate CUDA0 buffer");
    await assert.rejects(open(), { message: "large did not fit in any way a moment ago." });
    assert.equal(loadsOf(folder).length, 6, "what failed in every way is not tried again at once");
  });

  it("fails what was asked when memory runs out at work, and serves the next with less", async () => {
    const works = { works: true, until: { dies: "CUDA error: out of memory" } } as const;
    script({
      lives: [works, { works: true, until: { refuses: "failed to allocate buffer for kv cache" } }],
      gpuLayers: 9,
    });
    const { open, said } = client();
    const { runtime } = await open();
    const full = { code: "out-of-memory" };
    await assert.rejects(complete(runtime, "a"), {
      ...full,
      message: "llama.cpp says: CUDA error: out of memory",
    });
    await assert.rejects(complete(runtime, "b"), full);
    assert.equal((await complete(runtime, "c")).text, "whole");
    assert.deepEqual(loadsOf(folder), ["large usual fitting", "large usual fitting", "large 4096 fitting"]);
    assert.deepEqual(
      said.filter((line) => line.includes("<-")),
      [
        "restarting: large is tried once more: memory ran out. <- llama.cpp says: CUDA error: out of memory",
        "restarting: large gets a context of 4,096 tokens: memory does not hold a longer one. <- failed to allocate buffer for kv cache",
      ],
    );
    assert.equal(said.at(-1), "ready: large 4096", "whoever holds it hears what it is now");
  });
});
