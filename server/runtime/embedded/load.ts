/**
 * Loads a model into llama.cpp with the GPU and thread rules of this project: never compile, never believe a
 * Vulkan without memory, never more threads than physical cores.
 */

import { availableParallelism } from "node:os";
import type { Llama, LlamaModel } from "node-llama-cpp";
import { RuntimeError, toRuntimeError } from "../../model/runtime-error.ts";
import type { EmbeddedModel } from "./embedded-runtime.ts";
import { planContext } from "./memory-plan.ts";
import type { LoadParams, LoadResult } from "./protocol.ts";

type Library = typeof import("node-llama-cpp");

export interface LoadOptions {
  readonly library: Library;
  readonly onProgress: (fraction: number) => void;
  readonly onLog: (message: string) => void;
}

export interface Loaded {
  readonly embedded: EmbeddedModel;
  readonly result: LoadResult;
}

const batchTokens = 512;

export async function loadModel(params: LoadParams, options: LoadOptions): Promise<Loaded> {
  const llama = await openLlama(options);
  const threads = Math.max(1, Math.min(llama.cpuMathCores, availableParallelism()));
  llama.maxThreads = threads;
  const contextTokens = planContext(params, await freeMemory(llama));
  const model = await llama
    .loadModel({
      modelPath: params.path,
      gpuLayers: llama.gpu === false ? 0 : { fitContext: { contextSize: contextTokens } },
      ignoreMemorySafetyChecks: llama.gpu === false,
      onLoadProgress: options.onProgress,
    })
    .catch(async (error: unknown) => {
      throw await loadError(error, { library: options.library, llama, params });
    });
  return {
    embedded: embed(options.library, model, { params, contextTokens, threads }),
    result: {
      contextTokens,
      threads,
      gpu: llama.gpu === false ? "none" : llama.gpu,
      gpuLayers: model.gpuLayers,
    },
  };
}

interface Limits {
  readonly params: LoadParams;
  readonly contextTokens: number;
  readonly threads: number;
}

function embed(
  library: Library,
  model: LlamaModel,
  { params, contextTokens, threads }: Limits,
): EmbeddedModel {
  const shared = { threads: { ideal: threads, min: 1 }, batchSize: batchTokens };
  const onCpu = model.llama.gpu === false;
  return {
    model,
    contextTokens,
    template: (chatHistory) => {
      const wrapper = library.resolveChatWrapper(model);
      return wrapper.generateContextState({ chatHistory }).contextText;
    },
    createContext: async (contextSize) => {
      const needs = {
        ...params,
        weightBytes: 0,
        trainedContextTokens: contextSize,
        contextTokens: contextSize,
      };
      planContext(needs, await freeMemory(model.llama));
      const options = {
        ...shared,
        contextSize,
        sequences: 1,
        swaFullCache: true,
        ignoreMemorySafetyChecks: onCpu,
      };
      return outOfMemory(model.createContext(options));
    },
    createEmbeddingContext: (contextSize) =>
      outOfMemory(
        model.createEmbeddingContext({
          contextSize,
          batchSize: contextSize,
          threads,
          ignoreMemorySafetyChecks: onCpu,
        }),
      ),
  };
}

/** With libvulkan but no GPU the library picks a Vulkan of 0 bytes. */
async function openLlama({ library, onLog }: LoadOptions): Promise<Llama> {
  const common = {
    build: "never",
    progressLogs: false,
    logLevel: library.LlamaLogLevel.warn,
    logger: (_level: unknown, message: string) => onLog(message),
  } as const;
  const llama = await library.getLlama({ ...common, gpu: "auto" });
  if (llama.gpu === false) return llama;
  const { total } = await llama.getVramState();
  if (total > 0) return llama;
  await llama.dispose();
  return library.getLlama({ ...common, gpu: false });
}

/** Bytes that weights and caches may take, of main memory and the GPU's together. */
async function freeMemory(llama: Llama): Promise<number> {
  // macOS counts what files left in memory as used; elsewhere Node's figure also knows a container's limit.
  const ram = process.platform === "darwin" ? (await llama.getRamState()).free : process.availableMemory();
  if (llama.gpu === false) return ram;
  const vram = await llama.getVramState();
  return ram + (vram.unifiedSize > 0 ? 0 : vram.free);
}

interface FailedLoad {
  readonly library: Library;
  readonly llama: Llama;
  readonly params: LoadParams;
}

/** Why a file whose header is sound was refused: the library only says that it was. */
async function loadError(error: unknown, { library, llama, params }: FailedLoad): Promise<RuntimeError> {
  if (error instanceof library.InsufficientMemoryError) {
    return new RuntimeError("out-of-memory", error.message, { cause: error });
  }
  const insights = await library
    .readGgufFileInfo(params.path)
    .then((info) => library.GgufInsights.from(info, llama))
    .catch(() => undefined);
  if (insights?.isSupportedByLlamaCpp === false) {
    const message = `llama.cpp cannot run the architecture ${params.architecture}.`;
    return new RuntimeError("model-unsupported", message, { cause: error });
  }
  const message = `llama.cpp refused the model: ${toRuntimeError(error).message}`;
  return new RuntimeError("model-invalid", message, { cause: error });
}

/** Contexts are memory and nothing else, so a context that cannot be made had none. */
function outOfMemory<T>(context: Promise<T>): Promise<T> {
  return context.catch((error: unknown) => {
    const message = `There is no memory for the model's context: ${toRuntimeError(error).message}`;
    throw new RuntimeError("out-of-memory", message, { cause: error });
  });
}
