/** What the registry keeps of a model, whichever runtime answers for it. */

import type { Clock } from "../../base/clock.ts";
import type { Disposable } from "../../base/disposable.ts";
import type { Logger } from "../../base/log.ts";
import type { StepDown } from "../../model/describe-step.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import type { ModelRuntime } from "../../model/model-runtime.ts";
import type { RuntimeError } from "../../model/runtime-error.ts";
import type { ChildReading, LoadParams } from "../embedded/protocol.ts";
import type { Programs } from "../supervisor/program.ts";
import type { DescentPorts } from "./descent.ts";
import type { LoadMeasurements } from "./load-measurements.ts";
import type { ModelMetrics, modelStates } from "./protocol.ts";

export interface ModelState {
  readonly state: (typeof modelStates)[number];
  /** Loaded so far, from 0 to 1. */
  readonly progress?: number;
  /** Why it failed, restarts, or takes a step down. */
  readonly error?: RuntimeError;
  /** A step down for lack of memory, said once. */
  readonly step?: RuntimeError;
  /** What became ready: not always what was asked for. */
  readonly info?: ModelInfo;
}

/** What a source counts itself; the registry knows the rest. */
export type SourceMetrics = Omit<ModelMetrics, "model" | "state" | "error" | "clients">;

/** Of one that does not run, or that keeps its account to itself. */
export const noWork: ChildReading = {
  memoryBytes: 0,
  requests: 0,
  aborts: 0,
  promptTokens: 0,
  generatedTokens: 0,
  promptTokensPerSecond: 0,
  generatedTokensPerSecond: 0,
};

export interface ModelSource extends Disposable {
  /** Answers as soon as it can: each call waits for what has to start. */
  readonly runtime: ModelRuntime;
  readonly state: ModelState;
  /** Starts or reaches what is needed. Rejects with a RuntimeError; the next call tries again. */
  ready(): Promise<ModelInfo>;
  metrics(): Promise<SourceMetrics>;
}

/** What a model needs that finds its way down where memory runs out. */
export type LadderPorts = Pick<DescentPorts, "memory" | "circumstances">;

/** Which llama.cpp loads a model. */
export interface LlamaBuilds {
  /** Tries what was not tried yet. */
  choose(signal: AbortSignal): Promise<ChosenBuild>;
  /** One that does not load what another loads: it is not chosen again. Resolves to how that is said. */
  drop(build: NonNullable<LoadParams["build"]>, reason: string): Promise<StepDown | undefined>;
}

export interface ChosenBuild {
  /** Undefined: the one that Hearth carries. */
  readonly build?: LoadParams["build"] | undefined;
  /** Those that were tried just now and will not be used. */
  readonly dropped: readonly StepDown[];
}

/** For one who loads nothing, or nothing but by the build that Hearth carries. */
export const carriedBuild: LlamaBuilds = {
  choose: () => Promise.resolve({ dropped: [] }),
  drop: () => Promise.resolve(undefined),
};

export interface SourcePorts {
  readonly childEntry: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Starts the programs of runtimes and keeps them alive. */
  readonly programs: Programs;
  readonly ladder: LadderPorts;
  readonly builds: LlamaBuilds;
  /** Left out by one who only looks. */
  readonly loads?: LoadMeasurements | undefined;
  readonly onState: (state: ModelState) => void;
}

/** A model that a spec means, before anything of it is started. */
export interface FoundModel {
  /** Equal for all specs that mean the same model. */
  readonly id: string;
  /** How events and metrics name it: the real path of a file, else runtime, address and name. */
  readonly model: string;
  /** What can be said of it without starting what Hearth would start. Rejects with a RuntimeError. */
  look?(signal: AbortSignal): Promise<ModelInfo>;
  create(ports: SourcePorts): ModelSource;
}
