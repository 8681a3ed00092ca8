/**
 * A GGUF file in a llama.cpp of its own process. Two specs mean the same model when they mean the same file: its
 * real path, size, time and header. Reading gigabytes to hash them would cost more than a load; a file that was
 * changed and still has all four was changed on purpose, by someone who owns the person's files.
 */

import { createHash } from "node:crypto";
import { realpath, stat } from "node:fs/promises";
import { basename } from "node:path";
import { detectFim, detectReasoning } from "../../model/fim-detection.ts";
import { readGgufFile } from "../../model/gguf.ts";
import type { GgufHeader } from "../../model/gguf-header.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { memoryNeeds } from "../embedded/memory-plan.ts";
import type { ChildReading, LoadParams } from "../embedded/protocol.ts";
import { ModelProcess } from "./model-process.ts";
import type { FoundModel, ModelSource, SourceMetrics, SourcePorts } from "./model-source.ts";

/** Reads the file's header, and nothing else of it. */
export async function findEmbedded(path: string): Promise<FoundModel> {
  const file = await identify(path);
  const name = basename(path, ".gguf");
  return { id: file.id, model: file.path, create: (ports) => embeddedSource({ ...file, name }, ports) };
}

interface ModelFile {
  readonly id: string;
  readonly path: string;
  readonly header: GgufHeader;
}

function embeddedSource(
  { id, path, header, name }: ModelFile & { readonly name: string },
  ports: SourcePorts,
): ModelSource {
  const fim = detectFim(header, path);
  const { architecture } = header;
  const params: LoadParams = {
    path,
    architecture,
    needs: memoryNeeds(header),
    completes: fim !== undefined,
  };
  const process = new ModelProcess({ ...ports, params, check: () => checkUnchanged(path, id) });
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

async function identify(path: string): Promise<ModelFile> {
  const header = await readGgufFile(path);
  const real = await realpath(path);
  const { size, mtimeMs } = await stat(real);
  if (size !== header.fileBytes)
    throw new RuntimeError("model-invalid", "{0} is being written.", { values: [path] });
  const id = createHash("sha256")
    .update(JSON.stringify([real, size, mtimeMs, header.digest]))
    .digest("hex");
  return { id, path: real, header };
}

/** llama.cpp is given no file but the one whose header was checked. */
async function checkUnchanged(path: string, id: string): Promise<void> {
  if ((await identify(path)).id === id) return;
  throw new RuntimeError("model-invalid", "{0} has changed since it was opened.", { values: [path] });
}

const unread: ChildReading = {
  memoryBytes: 0,
  requests: 0,
  aborts: 0,
  promptTokens: 0,
  generatedTokens: 0,
  promptTokensPerSecond: 0,
  generatedTokensPerSecond: 0,
};

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
    ...((await process.reading()) ?? unread),
  };
}
