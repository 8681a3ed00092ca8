/** What a runtime's last words mean. Each is what a real one wrote, or what its source would write. */

import assert from "node:assert/strict";
import type { RuntimeErrorCode } from "../../../../server/model/runtime-error.ts";
import {
  type EndCause,
  type Exit,
  endCause,
  memoryOf,
  type OutputCause,
  saidCause,
} from "../../../../server/runtime/supervisor/output-causes.ts";

interface Expected {
  readonly code: RuntimeErrorCode;
  readonly message: string;
  readonly next: EndCause["next"];
}

function check(exit: Partial<Exit>, expected: Expected): void {
  const whole = { name: "llama-server", output: "", code: 1, signal: null, ...exit };
  const { error, next } = endCause(whole);
  assert.deepEqual({ code: error.code, message: error.message, next }, expected);
}

describe("the last words of a runtime", () => {
  it("of a port that is taken", () =>
    check(
      {
        output:
          "0.00.007.487 E srv         start: couldn't bind HTTP server socket, hostname: 127.0.0.1, port: 8080\n" +
          "0.00.007.600 E srv  llama_server: exiting due to HTTP server error\n",
      },
      {
        code: "runtime-unreachable",
        message:
          "llama-server could not listen on its port: srv         start: couldn't bind HTTP server socket, hostname: 127.0.0.1, port: 8080",
        next: "another-port",
      },
    ));
  it("of a chat template that does not parse", () =>
    check(
      {
        output:
          "0.00.039.941 E common_chat_templates_init: error: parser: Parser Error: Expected }} (Got )\n" +
          "...{% if messages %}{{ messages[0].content ...\n   ^\n" +
          "0.00.039.950 E common_chat_templates_init: failed to initialize chat template\n" +
          "0.00.039.972 E srv          init: init: chat template parsing error: std::exception\n" +
          "0.00.046.100 E srv  llama_server: exiting due to model loading error\n",
      },
      {
        code: "model-invalid",
        message: "llama-server cannot read the model's chat template: Expected }} (Got )",
        next: "no-use",
      },
    ));
  it("of a port that is taken, as Go says it", () =>
    check(
      { name: "Ollama", output: "Error: listen tcp 127.0.0.1:11434: bind: address already in use\n" },
      {
        code: "runtime-unreachable",
        message:
          "Ollama could not listen on its port: Error: listen tcp 127.0.0.1:11434: bind: address already in use",
        next: "another-port",
      },
    ));
  it("of a GPU that is full", () =>
    check(
      {
        output:
          "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 4095.05 MiB on device 0: cudaMalloc failed: out of memory\n" +
          "llama_model_load: error loading model: unable to allocate CUDA0 buffer\n",
      },
      {
        code: "out-of-memory",
        message:
          "llama-server says: ggml_backend_cuda_buffer_type_alloc_buffer: allocating 4095.05 MiB on device 0: cudaMalloc failed: out of memory",
        next: "try-again",
      },
    ));
  it("of a flag that a build does not know", () =>
    check(
      { output: "error: invalid argument: --no-nonsense\n" },
      {
        code: "runtime-down",
        message: "llama-server does not know the option --no-nonsense.",
        next: "no-use",
      },
    ));
  it("of a library that is missing", () =>
    check(
      {
        code: 127,
        output:
          "llama-server: error while loading shared libraries: libcudart.so.12: cannot open shared object file: No such file or directory\n",
      },
      {
        code: "runtime-down",
        message:
          "llama-server lacks a library: libcudart.so.12: cannot open shared object file: No such file or directory",
        next: "no-use",
      },
    ));
  it("of a driver that is too old", () =>
    check(
      {
        output:
          "ggml_cuda_init: failed to initialize CUDA: CUDA driver version is insufficient for CUDA runtime version\n",
      },
      {
        code: "runtime-down",
        message:
          "The graphics driver is too old for llama-server: ggml_cuda_init: failed to initialize CUDA: CUDA driver version is insufficient for CUDA runtime version",
        next: "no-use",
      },
    ));
  it("of a processor without AVX2", () =>
    check(
      { code: null, signal: "SIGILL" },
      {
        code: "runtime-down",
        message: "llama-server was built for another processor than this one.",
        next: "no-use",
      },
    ));
  it("of a model of a new kind", () =>
    check(
      {
        output:
          "llama_model_load: error loading model: error loading model architecture: unknown model architecture: 'novel'\n",
      },
      {
        code: "model-unsupported",
        message: "llama-server does not know the model's architecture 'novel'.",
        next: "no-use",
      },
    ));
  it("of a file that is no model", () =>
    check(
      {
        output:
          "0.00.005.777 E gguf_init_from_reader: invalid magic characters: '{?  ', expected 'GGUF'\n" +
          "0.00.005.905 E srv    load_model: failed to load model, '/tmp/bad.gguf'\n",
      },
      {
        code: "model-invalid",
        message:
          "llama-server says: gguf_init_from_reader: invalid magic characters: '{?  ', expected 'GGUF'",
        next: "no-use",
      },
    ));
  it("that nobody knows, the last complaint of them", () =>
    check(
      {
        output: "all is well\nGGML_ASSERT(x) failed\n0.00.1 I srv: cleaning up\n",
        signal: "SIGABRT",
        code: null,
      },
      {
        code: "runtime-crashed",
        message: "llama-server ended unexpectedly: GGML_ASSERT(x) failed",
        next: "try-again",
      },
    ));
  it("where there are none, by the way it ended", () =>
    check(
      { output: "listening\n", signal: "SIGKILL", code: null },
      { code: "runtime-crashed", message: "llama-server ended unexpectedly: SIGKILL", next: "try-again" },
    ));
});

/** What runtimes write, by the place in their source that writes it. */
const said: readonly (readonly [cause: OutputCause | undefined, from: string, words: string])[] = [
  ["gpu-memory", "llama-model.cpp", "llama_model_load: error loading model: unable to allocate CUDA0 buffer"],
  ["gpu-memory", "llama-model.cpp, Metal", "error loading model: unable to allocate MTL0_Private buffer"],
  [
    "gpu-memory",
    "ggml-alloc.c",
    "ggml_gallocr_reserve_n_impl: failed to allocate Vulkan0 buffer of size 325058560",
  ],
  ["gpu-memory", "ggml-cuda.cu, ggml_cuda_error", "CUDA error: out of memory"],
  ["gpu-memory", "ggml-cuda.cu of ROCm", "ROCm error: out of memory"],
  [
    "gpu-memory",
    "ggml-vulkan-buffers.cpp",
    "ggml_vulkan: Device memory allocation of size 1879048192 failed.\n" +
      "ggml_vulkan: vk::Device::allocateMemory: ErrorOutOfDeviceMemory",
  ],
  [
    "gpu-memory",
    "ggml-metal-device.m",
    "ggml_metal_buffer_init: error: failed to allocate buffer, size =  4096.00 MiB",
  ],
  [
    "gpu-memory",
    "ggml-metal-context.m",
    "error: Insufficient Memory (00000008:kIOGPUCommandBufferCallbackErrorOutOfMemory)",
  ],
  [
    "gpu-memory",
    "node-llama-cpp, resolveModelGpuLayersOption.js",
    "Not enough VRAM to fit the model with the specified settings",
  ],
  [
    "gpu-memory",
    "node-llama-cpp, resolveContextContextSizeOption.js",
    "A context size of 8192 is too large for the available VRAM",
  ],
  [
    "main-memory",
    "node-llama-cpp, resolveContextContextSizeOption.js",
    "A context size of 8192 is too large for the available RAM (including swap)",
  ],
  [
    "gpu-memory",
    "Ollama, llm/server.go, of its runner",
    "llama runner process has terminated: cudaMalloc failed: out of memory",
  ],
  ["gpu-memory", "Ollama, llm/server.go", "memory layout cannot be allocated with num_gpu = 99"],
  ["gpu-memory", "PyTorch, under vLLM", "CUDA out of memory. Tried to allocate 2.00 GiB."],
  [
    "main-memory",
    "Ollama, llm/server.go",
    "model requires more system memory (42.5 GiB) than is available (12.1 GiB)",
  ],
  ["main-memory", "ggml.c", "ggml_aligned_malloc: insufficient memory (attempted to allocate 9216.00 MB)"],
  [
    "main-memory",
    "ggml-alloc.c",
    "ggml_gallocr_reserve_n_impl: failed to allocate CPU buffer of size 325058560",
  ],
  ["main-memory", "llama-model.cpp", "error loading model: unable to allocate CUDA_Host buffer"],
  [
    "main-memory",
    "llama-kv-cache.cpp",
    "llama_init_from_model: failed to initialize the context: failed to allocate buffer for kv cache",
  ],
  ["main-memory", "llama-mmap.cpp", "error loading model: mmap failed: Cannot allocate memory"],
  [
    "main-memory",
    "the C++ library",
    "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc",
  ],
  [
    "memory",
    "Ollama, llm/server.go",
    "model failed to load, this may be due to resource limitations or an internal error, check ollama server logs for details",
  ],
  [
    "context-full",
    "node-llama-cpp, AddonContext.cpp",
    "could not find a KV slot for the batch (try reducing the size of the batch or increase the context)",
  ],
  [
    "main-memory",
    "our own embedded/memory-plan.ts",
    "llama-server says: The model with a context of 512 tokens needs 20.1 GiB of memory, and 7.9 GiB are free.",
  ],
  ["context-full", "Ollama, kvcache/cache.go", "could not find a kv cache slot"],
  ["context-full", "llama-server, server-context.cpp", "Context size has been exceeded."],
  ["gpu-unsupported", "CUDA", "CUDA error: no kernel image is available for execution on the device"],
  ["driver-outdated", "CUDA", "CUDA error: the provided PTX was compiled with an unsupported toolchain."],
  // What ends nothing.
  [undefined, "ggml-vulkan-buffers.cpp", "WARNING: failed to allocate 512.00 MB of pinned memory"],
  [
    undefined,
    "llama-mmap.cpp",
    "warning: failed to mlock 4096-byte buffer (after previously locking 0 bytes): Cannot allocate memory",
  ],
  [undefined, "V8", "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"],
];

describe("the words of a runtime", () => {
  for (const [cause, from, words] of said) {
    it(`of ${from} mean ${cause ?? "nothing"}: ${words}`, () => {
      assert.equal(saidCause(words), cause);
      const { error } = endCause({ name: "llama-server", output: `${words}\n`, code: 1, signal: null });
      const memory = { "gpu-memory": "gpu", "main-memory": "main" }[String(cause)];
      assert.equal(memoryOf(error), memory, "an error keeps which memory it is about");
    });
  }
});
