/** A GGUF file in a llama.cpp of its own process. Two specs mean the same model when they mean the same file. */

import { basename } from "node:path";
import { detectChat, detectFim, detectReasoning } from "../../model/fim-detection.ts";
import { type ModelInfo, toReduction } from "../../model/model-info.ts";
import { memoryNeeds } from "../embedded/memory-plan.ts";
import type { LoadParams } from "../embedded/protocol.ts";
import type { Load } from "./descent.ts";
import { checkUnchanged, identifyGguf } from "./gguf-file.ts";
import { ModelProcess, type RunningModel } from "./model-process.ts";
import {
  type FoundModel,
  type ModelSource,
  noWork,
  type SourceMetrics,
  type SourcePorts,
} from "./model-source.ts";
import { type FileModel, fileModel, smallerFiles } from "./smaller-files.ts";

/** Reads the file's header, and nothing else of it. */
export async function findEmbedded(path: string): Promise<FoundModel> {
  const file = await identifyGguf(path);
  return {
    id: file.id,
    model: file.path,
    create: (ports) => embeddedSource({ ...fileModel(file), name: basename(path, ".gguf") }, ports),
  };
}

function embeddedSource(asked: FileModel, ports: SourcePorts): ModelSource {
  const process: ModelProcess = new ModelProcess({
    ...ports,
    descent: {
      ...ports,
      ...ports.ladder,
      id: asked.file.id,
      model: asked,
      models: async () => [asked, ...(await smallerFiles(asked))],
    },
    params: paramsOf,
    check: ({ file }) => checkUnchanged(file),
    onState: (state) => {
      const running = state.state === "ready" ? process.live : undefined;
      ports.onState(running ? { ...state, info: infoOf(running, process) } : state);
    },
  });
  return {
    runtime: process.runtime,
    get state() {
      return process.state;
    },
    async ready(): Promise<ModelInfo> {
      return infoOf(await process.ready(), process);
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
    ...(process.live && process.reduced ? { reduced: toReduction(process.reduced) } : {}),
    restarts: process.restarts,
    contextTokens,
    threads,
    gpu,
    ...((await process.reading()) ?? noWork),
  };
}
