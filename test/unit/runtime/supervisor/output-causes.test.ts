/** What a runtime's last words mean. Each is what a real one wrote, or what its source would write. */

import assert from "node:assert/strict";
import type { RuntimeErrorCode } from "../../../../server/model/runtime-error.ts";
import { type EndCause, type Exit, endCause } from "../../../../server/runtime/supervisor/output-causes.ts";

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
