/** What a verb is given: the streams, the person's language, and doors to the services that it may open. */

import type { CommandContext, StricliProcess } from "@stricli/core";
import type { Disposable } from "../base/disposable.ts";
import type { Localizer } from "../base/l10n.ts";
import type { Settings } from "../config/schema.ts";
import type { ReasonModel } from "../features/chat/answer-question.ts";
import type { ModelState } from "../features/completion/completion-model.ts";
import type { CompletionOutcome, CompletionRequest } from "../features/completion/completion-outcome.ts";
import type { WorkspaceFinding } from "../features/doctor/doctor-ports.ts";
import type { PackagesOptions } from "../fetch/fetch-packages.ts";
import type { ModelFolder } from "../fetch/model-folder.ts";
import type { PulledModel, PullOptions } from "../fetch/pull-model.ts";
import type { QuantizedModel, QuantizePorts, Quantizing } from "../fetch/quantize-model.ts";
import type { BackendChoice, BackendName, BackendState, BackendTrial } from "../model/backend.ts";
import type { CatalogueModel } from "../model/catalogue.ts";
import type { Corrections } from "../model/plan/corrections.ts";
import type { Hardware } from "../model/plan/hardware.ts";
import type { DoctorResult } from "../protocol/doctor.ts";
import type { OursLook } from "../security/erase-home.ts";
import type { Snapshot } from "../text/snapshot.ts";

export interface OpenReasonModel extends ReasonModel, Disposable {}

export interface CliContext extends CommandContext {
  readonly process: StricliProcess & {
    readonly stdout: NodeJS.WritableStream;
    readonly stderr: NodeJS.WritableStream;
  };
  readonly cwd: string;
  readonly nodeVersion: string;
  readonly home: string;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly localizer: Localizer;
  /** Aborts when the person interrupts. */
  readonly signal: AbortSignal;
  openServices(settings: Settings, onStatus: () => void): CliServices;
  /** The model of the role `reason`; rejects with a RuntimeError. */
  openReasonModel(settings: Settings, signal: AbortSignal): Promise<OpenReasonModel>;
  /** What this machine is made of, and which llama.cpp computes on it. */
  machine(signal: AbortSignal): Promise<Machine>;
  doctor(request: DoctorRequest, signal: AbortSignal): Promise<DoctorResult>;
  readonly models: CliModels;
  readonly backends: CliBackends;
  erase(look: OursLook, signal: AbortSignal): Promise<Erased>;
  /** Asks the person for a yes; undefined where nobody would see the question. */
  readonly confirm: ((question: string, signal: AbortSignal) => Promise<boolean>) | undefined;
}

export type Erased =
  | { readonly kind: "erased"; readonly left: readonly string[] }
  /** Somebody is at work there; nothing was erased. */
  | { readonly kind: "busy"; readonly who: string };

/** The models on this machine, and the way to more of them. */
export interface CliModels {
  readonly folder: ModelFolder;
  /** The names of what an Ollama that answers has. */
  inOllama(settings: Settings, signal: AbortSignal): Promise<readonly string[]>;
  pull(request: PullRequest, signal: AbortSignal): Promise<PulledModel>;
  quantize(request: QuantizeRequest, signal: AbortSignal): Promise<QuantizedModel>;
}

export interface QuantizeRequest extends Quantizing, Pick<QuantizePorts, "onProgress"> {
  readonly settings: Settings;
}

export interface PullRequest extends Pick<PullOptions, "ask" | "onProgress"> {
  readonly name: string;
  readonly settings: Settings;
}

export interface Machine {
  readonly hardware: Hardware;
  readonly backend: BackendChoice;
  readonly corrections: Corrections;
  /** Those on the disk that a plan may choose. */
  readonly modelsHere: () => Promise<readonly CatalogueModel[]>;
}

/** The builds of llama.cpp for GPUs on this machine, and the way to more of them. */
export interface CliBackends {
  /** Tries what is here and was not tried yet. */
  choose(signal: AbortSignal): Promise<BackendsLook>;
  /** Undefined where there is none of that name for this platform. */
  get(request: GetRequest, signal: AbortSignal): Promise<GotBackend | undefined>;
  /** False where it is not here. */
  remove(name: BackendName): Promise<boolean>;
}

export interface BackendsLook extends BackendChoice {
  readonly states: readonly BackendState[];
}

export interface GetRequest extends Pick<PackagesOptions, "ask" | "onProgress"> {
  readonly name: BackendName;
  readonly settings: Settings;
}

export interface GotBackend {
  readonly state: "fetched" | "there";
  readonly bytes: number;
  readonly folder: string;
  readonly trial: BackendTrial;
}

/** The services of the language server, composed in this process. */
export interface CliServices extends Disposable {
  addFolder(path: string): void;
  documentOpened(snapshot: Snapshot): void;
  statusFacts(): CliStatus;
  /** Resolves when enough of the workspace is read and no model is loading any more, or when `signal` aborts. */
  settled(signal: AbortSignal): Promise<void>;
  workspace(): Promise<WorkspaceFinding>;
  complete(request: CompletionRequest, signal: AbortSignal): Promise<CompletionOutcome>;
}

export interface CliStatus {
  readonly model: ModelState;
  readonly reading: { readonly files: number } | undefined;
}

export interface DoctorRequest {
  readonly settings: Settings;
  /** What is wrong with the settings, in sentences. */
  readonly problems: readonly string[];
  /** The folder whose files completion would learn from. */
  readonly root: string;
}
