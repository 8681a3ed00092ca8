/** A GGUF file in a llama.cpp of its own process. Two specs mean the same model when they mean the same file. */

import { basename } from "node:path";
import { detectChat, detectFim, detectReasoning } from "../../model/fim-detection.ts";
import { type ModelInfo, toReduction } from "../../model/model-info.ts";
import { memoryNeeds } from "../embedded/memory-plan.ts";
import type { LoadParams } from "../embedded/protocol.ts";
import { checkUnchanged, type GgufFile, identifyGguf } from "./gguf-file.ts";
import { ModelProcess } from "./model-process.ts";
import {
  type FoundModel,
  type ModelSource,
  noWork,
  type SourceMetrics,
  type SourcePorts,
} from "./model-source.ts";

/** Reads the file's header, and nothing else of it. */
export async function findEmbedded(path: string): Promise<FoundModel> {
  const file = await identifyGguf(path);
  const name = basename(path, ".gguf");
  return { id: file.id, model: file.path, create: (ports) => embeddedSource({ ...file, name }, ports) };
}

function embeddedSource(
  { name, ...file }: GgufFile & { readonly name: string },
  ports: SourcePorts,
): ModelSource {
  const { path, header } = file;
  const fim = detectFim(header, path);
  const { architecture } = header;
  const params: LoadParams = {
    path,
    architecture,
    needs: memoryNeeds(header),
    completes: fim !== undefined,
  };
  const process = new ModelProcess({ ...ports, params, check: () => checkUnchanged(file) });
  return {
    runtime: process.runtime,
    get state() {
      return process.state;
    },
    async ready(): Promise<ModelInfo> {
      const { result } = await process.ready();
      return {
        runtime: "embedded",
        name,
        contextTokens: result.contextTokens,
        reasons: detectReasoning(header, path),
        ...(fim === undefined ? {} : { fim }),
        ...(Object.keys(header.sampling).length === 0 ? {} : { sampling: header.sampling }),
      };
    },
    metrics: () => metricsOf(process),
    dispose: () => process.dispose(),
  };
}

function paramsOf({ model: { file }, contextTokens, gpuLayers }: Load<FileModel>): LoadParams {
  const { path, header } = file;
  return {
    path,
    architecture: header.architecture,
    needs: memoryNeeds(header),
    completes: detectFim(header, path) !== undefined,
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(gpuLayers === undefined ? {} : { gpuLayers }),
  };
}

function infoOf({ model, result }: RunningModel, { reduced }: Pick<ModelProcess, "reduced">): ModelInfo {
  const { path, header } = model.file;
  const fim = detectFim(header, path);
  return {
    runtime: "embedded",
    name: model.name,
    contextTokens: result.contextTokens,
    reasons: detectReasoning(header, path),
    ...(detectChat(header, path) ? {} : { chats: false }),
    ...(fim === undefined ? {} : { fim }),
    ...(Object.keys(header.sampling).length === 0 ? {} : { sampling: header.sampling }),
    ...(reduced ? { reduced: toReduction(reduced) } : {}),
  };
}

async function metricsOf(process: ModelProcess): Promise<SourceMetrics> {
  const { contextTokens, threads, gpu } = process.live?.result ?? {
    contextTokens: 0,
    threads: 0,
    gpu: "none",
  };
  return {
    ...(process.live ? { pid: process.live.pid } : {}),
    restarts: process.restarts,
    contextTokens,
    threads,
    gpu,
    ...((await process.reading()) ?? noWork),
  };
}
