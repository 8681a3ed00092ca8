/** A GGUF file in a llama.cpp of its own process. Two specs mean the same model when they mean the same file. */

import { basename } from "node:path";
import { detectChat, detectFim, detectReasoning } from "../../model/fim-detection.ts";
import { shapeOf } from "../../model/gguf-shape.ts";
import { type ModelInfo, toReduction } from "../../model/model-info.ts";
import type { MeasuredLoad } from "../../model/plan/corrections.ts";
import { reportedBytes } from "../../model/plan/load-bytes.ts";
import { plannedWay } from "../../model/plan/load-way.ts";
import type { LoadSize } from "../../model/plan/plan.ts";
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
    onReported: (running, bytes) => void ports.loads?.keep(...measuredOf(running, bytes)),
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

/** What was loaded, and how much of it was foreseen. */
function measuredOf({ model, result }: Pick<RunningModel, "model" | "result">, contextBytes: number) {
  const { header } = model.file;
  const { contextTokens, gpu } = result;
  const shape = shapeOf(header);
  const load: LoadSize = { shape, weightBytes: header.weightBytes, contextTokens, kvType: "f16", slots: 1 };
  const way = plannedWay("embedded", gpu === "none" ? "cpu" : "gpu");
  const measured: MeasuredLoad = { shape, runtime: way.runtime, backEnd: gpu };
  return [
    measured,
    { predictedBytes: reportedBytes(load, way), measuredBytes: header.weightBytes + contextBytes },
  ] as const;
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
