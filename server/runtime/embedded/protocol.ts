/** What the host says to the process of a model beside the model contract itself. */

import * as v from "valibot";
import { NotificationType, RequestType, RequestType0 } from "vscode-jsonrpc/node";
import { gpuApis } from "../../model/backend.ts";
import type { MeterReading } from "./meter.ts";
import type { BestThreads } from "./thread-ladder.ts";

const count = v.pipe(v.number(), v.finite(), v.minValue(0));

/** An argument of a process that takes the place of one that had loaded the same: nothing is tried or rehearsed. */
export const againFlag = "--again";

const libraryGpus = ["metal", ...gpuApis] as const;

export const bestThreadsSchema = v.object({ prompt: count, answer: count });

/** What an earlier process with the same build has found out, which the next one need not. */
const foundOutSchema = v.object({
  /** As `LoadResult` has it. */
  gpu: v.picklist([...libraryGpus, "none"]),
  threads: v.exactOptional(bestThreadsSchema),
});
export type FoundOut = v.InferOutput<typeof foundOutSchema>;

export const loadParamsSchema = v.object({
  path: v.string(),
  architecture: v.string(),
  needs: v.object({
    weightBytes: count,
    kvBytesPerToken: count,
    batchTokenBytes: count,
    scoreBytes: count,
    trainedContextTokens: count,
  }),
  /** Which cache to make at once: the one for completions, or the one for everything else. */
  completes: v.boolean(),
  /** At most, where less memory is to be taken than is usual. */
  contextTokens: v.exactOptional(count),
  /** 0: no GPU is used. */
  gpuLayers: v.exactOptional(count),
  found: v.exactOptional(foundOutSchema),
  /** To load in place of the build that Hearth carries; its folder holds a `node_modules`. */
  build: v.exactOptional(v.object({ gpu: v.picklist(gpuApis), folder: v.string() })),
});
export type LoadParams = v.InferOutput<typeof loadParamsSchema>;

export interface LoadResult {
  readonly contextTokens: number;
  readonly threads: number;
  readonly gpu: FoundOut["gpu"];
  readonly gpuLayers: number;
}

/** What is tried, as far as it is known by then: what comes later may fail for lack of memory. */
export const triedSchema = v.object({
  contextTokens: v.exactOptional(count),
  gpuLayers: v.exactOptional(count),
});
export type TriedLoad = v.InferOutput<typeof triedSchema>;

export interface ChildReading extends MeterReading {
  readonly memoryBytes: number;
}

export const loadRequest = new RequestType<LoadParams, LoadResult, void>("child/load");
/** What llama.cpp says that it allocated for the first context; it may come after the answer, or be lost. */
export const loadReported = new NotificationType<number>("child/reported");
/** Loaded so far, from 0 to 1. */
export const loadProgress = new NotificationType<number>("child/progress");
export const loadTried = new NotificationType<TriedLoad>("child/tried");
/** Others are better than those so far. */
export const threadsFound = new NotificationType<BestThreads>("child/threads");
export const childLog = new NotificationType<string>("child/log");
export const childReading = new RequestType0<ChildReading, void>("child/reading");
