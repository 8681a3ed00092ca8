/** A GGUF file in a llama-server that Hearth starts: on a free port of this machine, with a key that only we know. */

import { freemem } from "node:os";
import { basename } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { detectChat, detectFim, detectReasoning } from "../../model/fim-detection.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { memoryNeeds, planContext, usualContextTokens } from "../embedded/memory-plan.ts";
import { freeMainMemory } from "../free-memory.ts";
import { HttpClient } from "../http/http-client.ts";
import { connectLlamaServer } from "../llama-server/connect-llama-server.ts";
import { readFlags } from "../llama-server/program-flags.ts";
import { readiness, saysItListens } from "../llama-server/readiness.ts";
import { fixedBy, slots, startArguments, startEnvironment } from "../llama-server/start-arguments.ts";
import type { Program, RunningProgram } from "../supervisor/program.ts";
import type { Connected } from "./connected-source.ts";
import type { Load } from "./descent.ts";
import { checkUnchanged, type GgufFile, identifyGguf } from "./gguf-file.ts";
import type { FoundModel, SourcePorts } from "./model-source.ts";
import { type SpecOf, startedModelName } from "./protocol.ts";
import { queued } from "./queued.ts";
import { computingOf } from "./slot-computing.ts";
import { type FileModel, fileModel, smallerFiles } from "./smaller-files.ts";
import { type StartedOptions, startedSource } from "./started-source.ts";

type Spec = SpecOf<"started-llama-server">;

const name = "llama-server";

/** Reads the file's header, and nothing else of it. */
export async function findStartedLlamaServer(spec: Spec): Promise<FoundModel> {
  const file = await identifyGguf(spec.path);
  const id = JSON.stringify([spec.runtime, file.id, spec.program, spec.args]);
  const fixed = fixedBy(spec.args);
  const modelOf = (model: FileModel) => (fixed.layers ? { ...model, layers: 0 } : model);
  const asked = modelOf(fileModel(file));
  return {
    id,
    model: startedModelName(file.path),
    look: async () => {
      await readFlags(spec.program);
      return infoOf(file, await contextFor(file));
    },
    create: (ports) => {
      const started: StartedOptions<FileModel> = {
        id,
        model: asked,
        models: async () => [asked, ...(await smallerFiles(asked)).map(modelOf)],
        program: (load) => programOf(spec, { load, id, ports }),
        connect: (running, load, signal) => connectTo(running, { load, clock: ports.clock }, signal),
      };
      return startedSource(started, ports);
    },
  };
}

interface Loading {
  readonly load: Load<FileModel>;
  readonly id: string;
  readonly ports: Pick<SourcePorts, "onState">;
}

async function programOf({ program, args }: Spec, { load, id, ports }: Loading): Promise<Program> {
  const flags = await readFlags(program);
  const { model, number, gpuLayers } = load;
  const { file } = model;
  const contextTokens = await contextFor(file, load.contextTokens);
  const fixed = fixedBy(args);
  load.tried(fixed.context ? {} : { contextTokens });
  const modelPath = file.path;
  let template: string | undefined;
  return {
    id: JSON.stringify([id, number, modelPath, contextTokens, gpuLayers]),
    name,
    path: program,
    replaced: "out-of-memory",
    // What a person adds may need more.
    ...(args.length > 0 ? {} : { mostStartBytes: mostStartBytes(file, contextTokens) }),
    prepare: () => checkUnchanged(file),
    arguments: (at) =>
      startArguments({ flags, modelPath, contextTokens, gpuLayers, template, more: args }, at),
    otherwise({ cause, error }) {
      if (cause !== "chat-template" || template !== undefined || fixed.template) return false;
      template = usualTemplate;
      ports.onState({ state: "loading", step: withTemplate(model), error });
      return true;
    },
    environment: startEnvironment,
    listens: saysItListens,
    check: readiness,
  };
}

/** Weights that are laid out anew, context and scratch, twice over; and what drivers and libraries take. */
function mostStartBytes({ header }: GgufFile, contextTokens: number): number {
  const { weightBytes, kvBytesPerToken, batchTokenBytes, scoreBytes } = memoryNeeds(header);
  const context = contextTokens * slots * (kvBytesPerToken + scoreBytes * startBatch);
  return 2 * (weightBytes + context + startBatch * batchTokenBytes) + 2 * 1024 ** 3;
}

/** Tokens that llama-server computes at once. */
const startBatch = 512;

/** Of those that llama-server knows, the one that most models have seen. */
const usualTemplate = "chatml";

/** It fills in the middle as well as ever; only conversations are in a form that is not the model's. */
function withTemplate({ name: model }: FileModel): RuntimeError {
  return new RuntimeError("model-invalid", "Chats with {0} are in the form of ChatML, not in its own.", {
    values: [model],
    mend: "Fetch the model from another source if its answers are odd.",
  });
}

async function connectTo(
  { at: { url, key } }: RunningProgram,
  { load, clock }: { readonly load: Load<FileModel>; readonly clock: Clock },
  signal: AbortSignal,
): Promise<Connected> {
  const client = new HttpClient({ url, name, headers: { authorization: `Bearer ${key}` } });
  const { file } = load.model;
  try {
    const server = await connectLlamaServer(client, { url: new URL(url), model: file.path }, signal);
    const info = infoOf(file, server.info.contextTokens);
    const computes = load.gpuLayers === 0 ? "in turns" : await computingOf(url);
    const limits = { slots: server.slots, budgetTokens: Infinity, computes } as const;
    return queued({ runtime: server.runtime, info, dispose: () => client.dispose() }, limits, clock);
  } catch (error) {
    client.dispose();
    throw error;
  }
}

function infoOf({ path, header }: GgufFile, contextTokens: number): ModelInfo {
  const fim = detectFim(header, path);
  return {
    runtime: "llama-server",
    name: basename(path, ".gguf"),
    contextTokens,
    reasons: detectReasoning(header, path),
    ...(detectChat(header, path) ? {} : { chats: false }),
    ...(fim === undefined ? {} : { fim }),
    ...(Object.keys(header.sampling).length === 0 ? {} : { sampling: header.sampling }),
  };
}

/** Of one slot. What main memory does not hold a GPU may: then llama-server finds out itself what fits. */
async function contextFor({ header }: GgufFile, mostTokens?: number): Promise<number> {
  const needs = memoryNeeds(header);
  const inAll = { ...needs, kvBytesPerToken: needs.kvBytesPerToken * slots };
  const free = await freeMainMemory(() => Promise.resolve({ free: freemem() }));
  try {
    return planContext(inAll, { flash: "auto", freeBytes: free, mostTokens });
  } catch (error) {
    if (!(error instanceof RuntimeError) || error.code !== "out-of-memory") throw error;
    return Math.min(usualContextTokens, mostTokens ?? Infinity, needs.trainedContextTokens);
  }
}
