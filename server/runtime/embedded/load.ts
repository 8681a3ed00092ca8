/**
 * Loads a model into llama.cpp with the GPU and thread rules of this project: never compile, never believe a
 * Vulkan without memory, never more threads than physical cores.
 */

import { availableParallelism } from "node:os";
import type { Llama, LlamaLogLevel, LlamaModel } from "node-llama-cpp";
import { RuntimeError, toRuntimeError } from "../../model/runtime-error.ts";
import { freeMainMemory } from "../free-memory.ts";
import { BufferReport } from "./buffer-report.ts";
import type { EmbeddedModel } from "./embedded-runtime.ts";
import { batchTokens, checkMemory, type FlashAttention, flashAttention, planContext } from "./memory-plan.ts";
import type { LoadParams, LoadResult, TriedLoad } from "./protocol.ts";
import { RecentWords } from "./recent-words.ts";

type Library = typeof import("node-llama-cpp");

export interface LoadOptions {
  readonly library: Library;
  readonly onProgress: (fraction: number) => void;
  readonly onTried: (tried: TriedLoad) => void;
  readonly onLog: (message: string) => void;
  /** What llama.cpp says that it allocated beside the weights, once its first context is made. */
  readonly onReported: (bytes: number) => void;
}

export interface Loaded {
  readonly embedded: EmbeddedModel;
  readonly result: LoadResult;
}

export async function loadModel(params: LoadParams, options: LoadOptions): Promise<Loaded> {
  const words = new RecentWords();
  const onLog = (message: string) => {
    words.hear(message);
    options.onLog(message);
  };
  const report = new BufferReport(options.onReported);
  const llama = await openLlama({ ...options, onLog, report }, params);
  const threads = Math.max(1, Math.min(llama.cpuMathCores, availableParallelism()));
  llama.maxThreads = threads;
  const flash = llama.gpu === false ? flashAttention.cpu : flashAttention.gpu;
  const limits = { flash, freeBytes: await freeMemory(llama), mostTokens: params.contextTokens };
  const contextTokens = planContext(params.needs, limits);
  options.onTried({ contextTokens, ...(llama.gpu === false ? { gpuLayers: 0 } : {}) });
  const model = await llama
    .loadModel({
      modelPath: params.path,
      gpuLayers: llama.gpu === false ? 0 : layersThatFit(contextTokens, params),
      ignoreMemorySafetyChecks: llama.gpu === false,
      onLoadProgress: options.onProgress,
    })
    .catch(async (error: unknown) => {
      throw await loadError(error, { library: options.library, llama, params, words });
    });
  options.onTried({ gpuLayers: model.gpuLayers });
  return {
    embedded: embed(options.library, model, { params, flash, contextTokens, threads, words }),
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
  readonly flash: FlashAttention;
  readonly contextTokens: number;
  readonly threads: number;
  readonly words: RecentWords;
}

function layersThatFit(contextSize: number, { gpuLayers }: LoadParams) {
  return { fitContext: { contextSize }, ...(gpuLayers === undefined ? {} : { max: gpuLayers }) };
}

function embed(
  library: Library,
  model: LlamaModel,
  { params, flash, contextTokens, threads, words }: Limits,
): EmbeddedModel {
  const ignoreMemorySafetyChecks = model.llama.gpu === false;
  return {
    model,
    contextTokens,
    template: (chatHistory) => {
      const wrapper = library.resolveChatWrapper(model);
      return wrapper.generateContextState({ chatHistory }).contextText;
    },
    createContext: async (contextSize) => {
      // The weights are there already.
      const needs = { ...params.needs, weightBytes: 0 };
      checkMemory({ needs, flash, contextTokens: contextSize, freeBytes: await freeMemory(model.llama) });
      const options = {
        threads: { ideal: threads, min: 1 },
        batchSize: batchTokens(needs, flash, contextSize),
        flashAttention: flash,
        contextSize,
        sequences: 1,
        swaFullCache: true,
        ignoreMemorySafetyChecks,
      };
      return outOfMemory(model.createContext(options), words);
    },
    createEmbeddingContext: (contextSize) =>
      outOfMemory(
        model.createEmbeddingContext({
          contextSize,
          batchSize: contextSize,
          threads,
          ignoreMemorySafetyChecks,
        }),
        words,
      ),
  };
}

/** With libvulkan but no GPU the library picks a Vulkan of 0 bytes. */
async function openLlama(
  { library, onLog, report }: Pick<LoadOptions, "library" | "onLog"> & { readonly report: BufferReport },
  { gpuLayers, build, found }: LoadParams,
): Promise<Llama> {
  const common = {
    build: "never",
    progressLogs: false,
    logLevel: library.LlamaLogLevel.info,
    logger: (level: LlamaLogLevel, message: string) => {
      if (level === library.LlamaLogLevel.info) report.hear(message);
      else onLog(message);
    },
  } as const;
  if (gpuLayers === 0 || found?.gpu === "none") return library.getLlama({ ...common, gpu: false });
  const llama = await library
    .getLlama({ ...common, gpu: found?.gpu ?? build?.gpu ?? "auto" })
    .catch((error: unknown) => {
      // A GPU that was there when the build was tried may be gone.
      const gpu = found?.gpu ?? build?.gpu;
      if (gpu === undefined) throw error;
      onLog(`The build for ${gpu} does not start any more: ${toRuntimeError(error).message}`);
    });
  if (llama?.gpu === false) return llama;
  if (llama && (await llama.getVramState()).total > 0) return llama;
  await llama?.dispose();
  return library.getLlama({ ...common, gpu: false });
}

/** Bytes that weights and caches may take, of main memory and the GPU's together. */
async function freeMemory(llama: Llama): Promise<number> {
  const ram = await freeMainMemory(() => llama.getRamState());
  if (llama.gpu === false) return ram;
  const vram = await llama.getVramState();
  return ram + (vram.unifiedSize > 0 ? 0 : vram.free);
}

interface FailedLoad {
  readonly library: Library;
  readonly llama: Llama;
  readonly params: LoadParams;
  readonly words: RecentWords;
}

/** Why a file whose header is sound was refused: the library only says that it was. */
async function loadError(error: unknown, failed: FailedLoad): Promise<RuntimeError> {
  const { library, llama, params, words } = failed;
  if (error instanceof library.InsufficientMemoryError) {
    return new RuntimeError("out-of-memory", "{0}", { values: [error.message], cause: error });
  }
  const lack = await words.lackOfMemory();
  if (lack) return lack;
  const insights = await library
    .readGgufFileInfo(params.path)
    .then((info) => library.GgufInsights.from(info, llama))
    .catch(() => undefined);
  if (insights?.isSupportedByLlamaCpp === false) {
    const values = [params.architecture];
    return new RuntimeError("model-unsupported", "llama.cpp cannot run the architecture {0}.", {
      values,
      cause: error,
    });
  }
  const values = [toRuntimeError(error).message];
  return new RuntimeError("model-invalid", "llama.cpp refused the model: {0}", { values, cause: error });
}

/** Contexts are memory and nothing else, so a context that cannot be made had none. */
function outOfMemory<T>(context: Promise<T>, words: RecentWords): Promise<T> {
  return context.catch(async (error: unknown) => {
    const lack = await words.lackOfMemory();
    if (lack) throw lack;
    const values = [toRuntimeError(error).message];
    throw new RuntimeError("out-of-memory", "There is no memory for the model's context: {0}", {
      values,
      cause: error,
    });
  });
}
