/** What the language server needs of the services. A composition root builds them once the client is known. */

import type { Disposable } from "../base/disposable.ts";
import type { Localizer } from "../base/l10n.ts";
import type { Logger } from "../base/log.ts";
import type { Proxies } from "../base/proxies.ts";
import type { Settings } from "../config/schema.ts";
import type { Question } from "../features/chat/answer-question.ts";
import type { Source } from "../features/chat/question-prompt.ts";
import type { CompletionOutcome, CompletionRequest } from "../features/completion/completion-outcome.ts";
import type { PullOptions } from "../fetch/pull-model.ts";
import type { BuiltinStatus } from "../index/ngram/builtin-completer.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { ChatPart, ChatResult } from "../protocol/chat.ts";
import type { DoctorResult } from "../protocol/doctor.ts";
import type { ModelsResult, PullResult } from "../protocol/models.ts";
import type { PlanResult } from "../protocol/plan.ts";
import type { Snapshot, TextChange } from "../text/snapshot.ts";
import type { StatusFacts } from "./status.ts";

export interface LanguageServices extends Disposable {
  readonly metrics: Metrics;
  addFolder(path: string): void;
  removeFolder(path: string): void;
  documentOpened(snapshot: Snapshot): void;
  /** `changes` lead to `snapshot`, each applied to what the ones before it have made. */
  documentChanged(snapshot: Snapshot, changes: readonly (TextChange | string)[]): void;
  documentClosed(uri: string): void;
  /** The file on disk is another than before, or is gone. */
  fileChanged(path: string): void;
  complete(request: CompletionRequest, signal: AbortSignal): Promise<CompletionOutcome>;
  /** Whether it is one of the last that were offered. */
  accepted(id: string): boolean;
  configure(settings: Settings): void;
  setTrust(trust: Trust): void;
  statusFacts(): StatusFacts;
  builtinStatus(): Promise<BuiltinStatus>;
  plan(signal: AbortSignal): Promise<PlanResult>;
  models(signal: AbortSignal): Promise<ModelsResult>;
  /** Rejects never for what a network or a disk does. */
  pull(request: PullRequest, signal: AbortSignal): Promise<PullResult>;
  /** Never rejects for what a model does. */
  ask(asked: AskedQuestion, tell: (part: ChatPart) => void, signal: AbortSignal): Promise<ChatResult>;
  /** `problems` are those of the settings, in sentences. */
  doctor(problems: readonly string[], signal: AbortSignal): Promise<DoctorResult>;
}

export interface AskedQuestion extends Omit<Question, "sources"> {
  readonly sources: readonly (Omit<Source, "path"> & { readonly uri: string })[];
}

export interface PullRequest extends Pick<PullOptions, "ask" | "onProgress"> {
  readonly name: string;
  readonly proxy: Proxies;
}

export type Trust = "trusted" | "untrusted";

export interface ServicesRequest {
  readonly home: string;
  readonly settings: Settings;
  readonly trust: Trust;
  readonly localizer: Localizer;
  readonly log: Logger;
  /** A person has asked for a new start. */
  readonly restarted?: boolean;
  /** The API key that the client keeps for an origin; left out where there is no client. */
  readonly secret?: (origin: string) => Promise<string | undefined>;
  /** `statusFacts` may have another answer. */
  readonly onStatus: () => void;
}

export type CreateServices = (request: ServicesRequest) => LanguageServices;
