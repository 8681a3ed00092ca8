/**
 * What the words of runtimes mean: the one table that reads the text of other programs. Seen in the sources of
 * llama.cpp, Ollama and node-llama-cpp, each row with the places, and in what loaders and processors say.
 */

import { RuntimeError } from "../../model/runtime-error.ts";

/** What a program can say of itself that somebody can do something about. */
export const outputCauses = [
  "port-taken",
  "gpu-memory",
  "main-memory",
  /** Of one kind or the other. */
  "memory",
  "context-full",
  "unknown-option",
  "library-missing",
  "processor-unsupported",
  "gpu-unsupported",
  "driver-outdated",
  "model-unsupported",
  "model-invalid",
  "chat-template",
] as const;
export type OutputCause = (typeof outputCauses)[number];

export interface Exit {
  readonly name: string;
  /** The end of what it wrote. */
  readonly output: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface EndCause {
  /** Undefined where nobody knows its words. */
  readonly cause?: OutputCause;
  readonly error: RuntimeError;
  /** What the next start can do about it. */
  readonly next: "another-port" | "try-again" | "no-use";
}

export function endCause(exit: Exit): EndCause {
  const { name, output } = exit;
  const row = rows.find(({ words, signal }) => words?.test(output) || (signal && signal === exit.signal));
  if (!row) {
    const values = [name, lastWords(exit)];
    const error = new RuntimeError("runtime-crashed", "{0} ended unexpectedly: {1}", { values });
    return { error, next: "try-again" };
  }
  const said = row.words?.exec(output);
  const values = [name, said?.groups?.["what"] ?? lineAround(output, said?.index ?? output.length)] as const;
  return { cause: row.cause, error: row.error(values), next: row.next };
}

/** What a program says that runs on, in an answer or a log. */
export function saidCause(text: string): OutputCause | undefined {
  return rows.find(({ words }) => words?.test(text))?.cause;
}

/** Which memory an error is about; undefined where it is about none, or does not say. */
export function memoryOf(error: RuntimeError): "gpu" | "main" | undefined {
  const cause = error.code === "out-of-memory" ? saidCause(error.message) : undefined;
  if (cause === "gpu-memory") return "gpu";
  return cause === "main-memory" ? "main" : undefined;
}

interface Row {
  readonly cause: OutputCause;
  readonly words?: RegExp;
  readonly signal?: NodeJS.Signals;
  /** Of the runtime's name, and the group `what` of the words, else the line in which they stand. */
  readonly error: (values: readonly [string, string]) => RuntimeError;
  readonly next: EndCause["next"];
}

/**
 * A buffer of the main memory is named for the CPU, or for the GPU and `_Host`: all others are the GPU's. The
 * warnings of pinned memory name no buffer, and nothing fails for them.
 */
const gpuMemory = new RegExp(
  [
    // ggml-cuda.cu, ggml_backend_cuda_buffer_type_alloc_buffer; of ROCm and MUSA alike
    "cudaMalloc failed",
    // ggml-cuda.cu, ggml_cuda_error; what does not fit into a matrix product's own buffers ends there
    "(?:CUDA|ROCm|MUSA) error: (?:out of memory|CUBLAS_STATUS_ALLOC_FAILED|the resource allocation failed)",
    // llama-model.cpp, load_tensors; ggml-alloc.c, ggml_gallocr_reserve_n; ggml-backend.cpp
    String.raw`(?:unable|failed) to allocate (?!CPU|\S*_Host|host|compute|output|HBM)[A-Z]\S* buffer`,
    // ggml-vulkan-buffers.cpp, ggml_vk_create_buffer_device and _check
    "ErrorOutOfDeviceMemory|Device memory allocation of size|exceeds device buffer size limit",
    // ggml-metal-device.m and ggml-metal.cpp; what Metal says of a command buffer that found no memory
    "error: failed to allocate buffer, size =|failed to allocate Metal buffer|kIOGPUCommandBufferCallbackErrorOutOfMemory",
    // node-llama-cpp, resolveModelGpuLayersOption.js and resolveContextContextSizeOption.js
    "Not enough VRAM|too large for the available (?:VRAM|resources)",
    // Ollama, llm/server.go
    "memory layout cannot be allocated",
    // PyTorch, under vLLM and SGLang
    "(?:CUDA|HIP|XPU) out of memory",
  ].join("|"),
  "i",
);

const mainMemory = new RegExp(
  [
    // Ollama, llm/server.go
    "requires more system memory",
    // ggml.c, ggml_aligned_malloc and ggml_malloc
    String.raw`insufficient memory|ggml_\w+: failed to allocate +[\d.]+ MB`,
    // ggml-backend.cpp, ggml_backend_cpu_buffer_type_alloc_buffer; ggml-alloc.c; llama-model.cpp
    String.raw`failed to allocate buffer of size|(?:unable|failed) to allocate (?:CPU|\S*_Host|HBM)\S* buffer`,
    // llama-kv-cache.cpp and llama-context.cpp, where no line before says which memory it was
    "failed to allocate buffer for|failed to allocate (?:compute|output|graph)",
    // node-llama-cpp, resolveContextContextSizeOption.js
    "too large for the available RAM",
    // Our own embedded/memory-plan.ts, which counts all memory that there is
    String.raw`needs [\d.]+ GiB of memory`,
    // llama-mmap.cpp, the C++ library, Go's runtime; a failed mlock is a warning
    String.raw`^(?!.*mlock).*cannot allocate memory|bad_alloc|fatal error: runtime: out of memory|ErrorOutOfHostMemory`,
    // What others say of memory, but not of a heap of JavaScript's
    "(?<!heap )out of memory|(?:unable|failed) to allocate memory",
  ].join("|"),
  "im",
);

const rows: readonly Row[] = [
  {
    cause: "port-taken",
    // llama-server's server-http.cpp, Go's net, libuv, Windows
    words: /couldn't bind|address already in use|EADDRINUSE|only one usage of each socket address/i,
    error: (values) =>
      new RuntimeError("runtime-unreachable", "{0} could not listen on its port: {1}", { values }),
    next: "another-port",
  },
  {
    cause: "gpu-memory",
    words: gpuMemory,
    error: (values) => new RuntimeError("out-of-memory", "{0} says: {1}", { values }),
    next: "try-again",
  },
  {
    cause: "main-memory",
    words: mainMemory,
    error: (values) => new RuntimeError("out-of-memory", "{0} says: {1}", { values }),
    next: "try-again",
  },
  {
    cause: "memory",
    // Ollama, llm/server.go, where its runner said nothing
    words: /model failed to load, this may be due to resource limitations/,
    error: (values) => new RuntimeError("out-of-memory", "{0} says: {1}", { values }),
    next: "try-again",
  },
  {
    cause: "context-full",
    // node-llama-cpp's AddonContext.cpp; Ollama's kvcache/cache.go; llama-server's server-context.cpp
    words: /could not find a (?:KV slot|kv cache slot)|Context size has been exceeded/i,
    error: (values) => new RuntimeError("context-overflow", "{0} says: {1}", { values }),
    next: "try-again",
  },
  {
    cause: "unknown-option",
    words: /(?:invalid|unknown|unrecognized) (?:argument|option|flag)\S*:? *(?<what>.*)/i,
    error: (values) =>
      new RuntimeError("runtime-down", "{0} does not know the option {1}.", {
        values,
        mend: "Mend its arguments in the settings, or update it.",
      }),
    next: "no-use",
  },
  {
    cause: "library-missing",
    words:
      /error while loading shared libraries: (?<what>[^\n]*)|Library not loaded: (?:[^\n]*)|version `GLIBC\S*' not found/i,
    error: (values) =>
      new RuntimeError("runtime-down", "{0} lacks a library: {1}", {
        values,
        mend: "Install what it lacks, then run Hearth: Restart.",
      }),
    next: "no-use",
  },
  {
    cause: "processor-unsupported",
    words: /Illegal instruction|requires AVX|does not support AVX/i,
    signal: "SIGILL",
    error: (values) =>
      new RuntimeError("runtime-down", "{0} was built for another processor than this one.", {
        values,
        mend: "Install a build for this processor, then run Hearth: Restart.",
      }),
    next: "no-use",
  },
  {
    cause: "model-unsupported",
    words: /unknown model architecture: *(?<what>\S*)/i,
    error: (values) =>
      new RuntimeError("model-unsupported", "{0} does not know the model's architecture {1}.", { values }),
    next: "no-use",
  },
  {
    cause: "model-invalid",
    words:
      /invalid magic|error loading model: *(?<what>[^\n]*)|tensor '[^\n]*' data is not within the file bounds|failed to read key-value|wrong number of tensors/i,
    error: (values) => new RuntimeError("model-invalid", "{0} says: {1}", { values }),
    next: "no-use",
  },
  {
    cause: "chat-template",
    // llama.cpp's common/chat.cpp, and its parser of templates
    words: /Parser Error: (?<what>[^\n]*)|failed to initialize chat template|chat template parsing error/i,
    error: (values) =>
      new RuntimeError("model-invalid", "{0} cannot read the model's chat template: {1}", {
        values,
        mend: "Put --chat-template and chatml into runtimes.llamaServer.args, or name another model.",
      }),
    next: "no-use",
  },
  // A build that finds no GPU goes on without one: this is the reason only where there is no other.
  {
    cause: "driver-outdated",
    words:
      /driver version is insufficient|CUDA driver is a stub|forward compatibility was attempted|unsupported toolchain/i,
    error: (values) =>
      new RuntimeError("runtime-down", "The graphics driver is too old for {0}: {1}", {
        values,
        mend: "Update the graphics driver, then run Hearth: Restart.",
      }),
    next: "no-use",
  },
  {
    cause: "gpu-unsupported",
    // ggml-cuda.cu, by cudaGetErrorString
    words: /no kernel image is available/i,
    error: (values) =>
      new RuntimeError("runtime-down", "{0} was built for other GPUs than this one: {1}", {
        values,
        mend: "Install a build for this GPU, then run Hearth: Restart.",
      }),
    next: "no-use",
  },
];

/** Long enough for the reason, short enough for a notice. */
const mostCharacters = 300;

/** What it complained of last; without a complaint, how it ended. */
function lastWords({ output, code, signal }: Exit): string {
  const lines = output.split("\n").map(withoutStamp);
  const complaint = lines.findLast((line) => /error|fail|fatal|panic|abort|assert/i.test(line));
  if (complaint !== undefined) return complaint.slice(0, mostCharacters);
  return signal ?? `exit ${code ?? "?"}`;
}

function lineAround(output: string, index: number): string {
  const start = output.lastIndexOf("\n", index - 1) + 1;
  const end = output.indexOf("\n", index);
  return withoutStamp(output.slice(start, end < 0 ? undefined : end)).slice(0, mostCharacters);
}

/** llama.cpp writes the time and a letter before each line. */
function withoutStamp(line: string): string {
  return line.replace(/^[\d.:]+ [A-Z] /, "").trim();
}
