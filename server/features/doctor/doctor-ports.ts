/** What the doctor looks through; a composition root gives it, so that each check is a table in a test. */

import type { Clock } from "../../base/clock.ts";
import type { Localizer } from "../../base/l10n.ts";
import type { HomeState } from "../../config/home.ts";
import type { Settings } from "../../config/schema.ts";
import type { BuiltinStatus } from "../../index/ngram/builtin-completer.ts";
import type { BackendChoice } from "../../model/backend.ts";
import type {
  LlamaCppFinding,
  LlamaServerFinding,
  ModelFileFinding,
  OllamaFinding,
  OpenAiFinding,
  ServedModel,
} from "../../model/findings.ts";
import type { NvidiaFinding, ProcessorFinding, SurroundingsFinding } from "../../model/machine-findings.ts";
import type { ModelInfo, Reduction } from "../../model/model-info.ts";
import type { Measurements } from "../../model/plan/corrections.ts";
import type { RuntimeError } from "../../model/runtime-error.ts";
import type { DoctorCheck, MendAction } from "../../protocol/doctor.ts";
import type { RemoteRole, Role } from "../../protocol/role.ts";

export interface DoctorPorts {
  readonly clock: Clock;
  readonly localizer: Localizer;
  readonly nodeVersion: string;
  readonly home: string;
  readonly settings: Settings;
  /** What is wrong with the settings, in sentences. */
  readonly problems: readonly string[];
  /** `availableBytes` is Node's figure, for where llama.cpp gives none. */
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number };
  readonly logicalCores: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  processor(): Promise<ProcessorFinding>;
  surroundings(): Promise<SurroundingsFinding>;
  nvidia(signal: AbortSignal): Promise<NvidiaFinding>;
  ensureHome(): Promise<HomeState>;
  llamaCpp(signal: AbortSignal): Promise<LlamaCppFinding>;
  /** Which build of it is used, and why. */
  backends(signal: AbortSignal): Promise<BackendChoice>;
  ollama(signal: AbortSignal): Promise<OllamaFinding>;
  /** The program of an Ollama of this machine that is installed and does not run. */
  idleOllama(): Promise<string | undefined>;
  llamaServer(signal: AbortSignal): Promise<LlamaServerFinding>;
  /** Sends no key; undefined where no address is set. Rejects with a RuntimeError. */
  openai(signal: AbortSignal): Promise<OpenAiFinding | undefined>;
  /** A GGUF by its path, or by its name in the models folder. */
  modelFile(nameOrPath: string): Promise<ModelFileFinding>;
  /** Reaches the runtime that the settings name, and sends it no code. Rejects with a RuntimeError. */
  remoteModel(role: RemoteRole): Promise<RemoteFinding>;
  readonly modelsFolder: string;
  /** Every GGUF in the models folder. */
  modelFiles(): Promise<readonly ModelFileFinding[]>;
  /** Of an Ollama that runs. */
  servedModels(): Promise<readonly ServedModel[]>;
  /** Downloads that are not whole. */
  unfinished(): Promise<readonly UnfinishedModel[]>;
  workspace(): Promise<WorkspaceFinding>;
  /** Why the role's model did not run when the runtime host last tried; undefined where it did, or nobody has. */
  lastFailure(role: WantedRole): Promise<RuntimeError | undefined>;
  /** What loads took here, beside what was foreseen. */
  measurements(): Promise<Measurements>;
  /** What the runtime host holds, for any client. Rejects with a RuntimeError when the host cannot be used. */
  loadedModels(signal: AbortSignal): Promise<readonly LoadedModel[]>;
}

export type WantedRole = Extract<Role, { readonly kind: "embedded" | "remote" }>;

export type RemoteFinding =
  | { readonly kind: "reached"; readonly info: ModelInfo }
  /** Nobody answers; with the first request Hearth starts this program. */
  | { readonly kind: "starts"; readonly program: string }
  /** The workspace is not trusted. */
  | { readonly kind: "not-asked" };

export interface UnfinishedModel {
  /** As `embedded/<name>` will have it. */
  readonly name: string;
  readonly bytes: number;
  /** What it is to have; left out where that is not known. */
  readonly total?: number;
}

export interface LoadedModel {
  readonly name: string;
  /** Zero while it loads. */
  readonly memoryBytes: number;
  /** How it is loaded in place of what memory did not hold. */
  readonly reduced?: Reduction;
}

/** What is known of the person's own code. */
export interface WorkspaceFinding extends Pick<BuiltinStatus, "files" | "reading" | "omitted"> {
  readonly folders: readonly string[];
}

export interface Finding {
  readonly state: DoctorCheck["state"];
  readonly found: string;
  /** Both are left out when all is well. */
  readonly why?: string;
  readonly mend?: string;
  /** What mends it at a click, beside the settings that `mend` names. */
  readonly actions?: readonly MendAction[];
}
