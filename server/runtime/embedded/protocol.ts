/** What the host says to the process of a model beside the model contract itself. */

import * as v from "valibot";
import { NotificationType, RequestType, RequestType0 } from "vscode-jsonrpc/node";
import { gpuApis } from "../../model/backend.ts";
import type { MeterReading } from "./meter.ts";

const count = v.pipe(v.number(), v.finite(), v.minValue(0));

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
  /** To load in place of the build that Hearth carries; its folder holds a `node_modules`. */
  build: v.exactOptional(v.object({ gpu: v.picklist(gpuApis), folder: v.string() })),
});
export type LoadParams = v.InferOutput<typeof loadParamsSchema>;

export interface LoadResult {
  readonly contextTokens: number;
  readonly threads: number;
  readonly gpu: string;
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
export const childLog = new NotificationType<string>("child/log");
export const childReading = new RequestType0<ChildReading, void>("child/reading");
