/** Builds every adapter once, for the language server and for the command line alike. */

import { homedir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { systemClock } from "./base/clock.ts";
import { type Disposable, DisposableStore } from "./base/disposable.ts";
import type { Localizer } from "./base/l10n.ts";
import { SharedWork } from "./base/shared-work.ts";
import { type Chat, createChat } from "./chat.ts";
import type { Settings } from "./config/schema.ts";
import { entryPoint } from "./entries.ts";
import { CompletionModel, type WantedModel } from "./features/completion/completion-model.ts";
import type { CompletionOutcome, CompletionRequest } from "./features/completion/completion-outcome.ts";
import { CompletionService } from "./features/completion/completion-service.ts";
import type { WorkspaceFinding } from "./features/doctor/doctor-ports.ts";
import type { CrawlLimits } from "./index/crawl/crawl.ts";
import { BuiltinCompleter, type BuiltinStatus } from "./index/ngram/builtin-completer.ts";
import { displayPath } from "./lsp/convert/file-path.ts";
import type {
  AskedQuestion,
  LanguageServices,
  PullRequest,
  ServicesRequest,
  Trust,
} from "./lsp/language-services.ts";
import type { ReadingProgress, StatusFacts } from "./lsp/status.ts";
import { Metrics } from "./metrics/metrics.ts";
import { modelSpec, type SpecSource } from "./model-spec.ts";
import type { ChatPart, ChatResult } from "./protocol/chat.ts";
import type { DoctorResult } from "./protocol/doctor.ts";
import type { ModelsResult, PullResult } from "./protocol/models.ts";
import type { PlanResult } from "./protocol/plan.ts";
import { openRoleModel, placeOf, roleName, sessionOf, toRuntimeEvent } from "./role-models.ts";
import { HostClient, type OpenModel } from "./runtime/host/client.ts";
import type { Snapshot, TextChange } from "./text/snapshot.ts";

export class Services implements LanguageServices, Disposable {
  readonly metrics = new Metrics();
  readonly builtin: BuiltinCompleter;
  readonly host: HostClient;
  readonly model: CompletionModel;
  readonly completion: CompletionService;
  readonly #store = new DisposableStore();
  readonly #folders = new Set<string>();
  readonly #chat: Chat;
  readonly #doctor: LanguageServices["doctor"];
  readonly #onStatus: () => void;
  readonly #home: string;
  readonly #localizer: Localizer;
  readonly #secret: ServicesRequest["secret"];
  /** A plan and a list that are asked for together look once. */
  readonly #machine = new SharedWork(async (signal) => {
    const { machine } = await import("./models.ts");
    return machine(this.#home, signal);
  });
  readonly #lookAtMachine = (signal: AbortSignal) => this.#machine.wait(signal);
  #settings: Settings;
  #trust: Trust;
  #reading: ReadingProgress | undefined;
  /** The bound model, as the host names it in its events. */
  #modelName: string | undefined;

  constructor({ home, settings, trust, localizer, log, restarted, secret, onStatus }: ServicesRequest) {
    this.#home = home;
    this.#localizer = localizer;
    this.#settings = settings;
    this.#trust = trust;
    this.#onStatus = onStatus;
    this.#secret = secret;
    this.#doctor = async (problems, signal) => {
      // It knows every runtime, and what those need to load: not when the server starts.
      const { doctor } = await import("./doctor.ts");
      const workspace = () => this.workspace();
      const request = { home, settings: this.#settings, problems, localizer, secret, workspace };
      return doctor({ ...request, trusted: this.#trust === "trusted" }, signal);
    };
    const clock = systemClock;
    const workerPath = entryPoint("index-worker");
    this.builtin = this.#store.add(new BuiltinCompleter({ workerPath, log, clock }));
    this.#store.add(
      this.builtin.onProgress(({ files, reading }) => this.#setReading(reading ? { files } : undefined)),
    );
    const models = join(home, "models");
    const [entry, childEntry] = [entryPoint("host"), entryPoint("child")];
    this.host = this.#store.add(
      new HostClient({ home, entry, childEntry, log, clock, forgives: restarted ?? false }),
    );
    this.model = this.#store.add(
      new CompletionModel({
        clock,
        open: (wanted, signal) => this.#openModel(wanted, { models, signal }),
        candidates: (signal) => this.#autoModels(models, signal),
        changed: onStatus,
      }),
    );
    this.#store.add(
      this.host.onEvent((event) => {
        if (event.model === this.#modelName) this.model.runtimeChanged(toRuntimeEvent(event));
      }),
    );
    this.completion = this.#store.add(
      new CompletionService({
        clock,
        builtin: this.builtin,
        model: this.model,
        settings: () => this.#settings,
        displayPath: (uri) => displayPath(uri, this.#folders),
      }),
    );
    this.#chat = createChat({
      host: this.host,
      source: () => this.#specSource(models),
      localizer,
      quiet: (signal) => this.model.settled(signal),
      changed: onStatus,
      onLoop: () => this.#countLoop(),
    });
    this.#store.add(this.#chat.role);
    this.#store.add(this.#chat.service);
    this.#bind();
  }

  addFolder(path: string): void {
    this.#folders.add(path);
    if (!this.#settings["index.enabled"]) return;
    this.builtin.addFolder(path, readingLimits(this.#settings));
    // Until the completer says how far it is; at the end it says so in any case.
    this.#setReading(this.#reading ?? { files: 0 });
  }

  removeFolder(path: string): void {
    this.#folders.delete(path);
    this.builtin.removeFolder(path);
  }

  documentOpened(snapshot: Snapshot): void {
    this.builtin.open(snapshot);
  }

  documentChanged(snapshot: Snapshot, changes: readonly (TextChange | string)[]): void {
    this.builtin.change(snapshot, changes);
    this.completion.documentChanged(snapshot);
  }

  documentClosed(uri: string): void {
    this.builtin.close(uri);
    this.completion.documentClosed(uri);
  }

  fileChanged(path: string): void {
    this.builtin.saved(path);
  }

  complete(request: CompletionRequest, signal: AbortSignal): Promise<CompletionOutcome> {
    return this.completion.complete(request, signal);
  }

  accepted(id: string): boolean {
    return this.completion.accepted(id) !== undefined;
  }

  configure(settings: Settings): void {
    const before = this.#settings;
    this.#settings = settings;
    this.#bind();
    const limitsChanged = !isDeepStrictEqual(readingLimits(before), readingLimits(settings));
    if (before["index.enabled"] === settings["index.enabled"] && !limitsChanged) return;
    for (const path of this.#folders) {
      if (settings["index.enabled"]) this.addFolder(path);
      else this.builtin.removeFolder(path);
    }
  }

  setTrust(trust: Trust): void {
    this.#trust = trust;
    this.#bind();
  }

  statusFacts(): StatusFacts {
    return {
      completionEnabled: this.#settings["completion.enabled"],
      model: this.model.state,
      reason: this.#chat.role.state,
      trusted: this.#trust === "trusted",
      reading: this.#reading,
    };
  }

  builtinStatus(): Promise<BuiltinStatus> {
    return this.builtin.status();
  }

  /** What the built-in completer has read of the folders that are open. */
  async workspace(): Promise<WorkspaceFinding> {
    return { folders: [...this.#folders], ...(await this.builtin.status()) };
  }

  // What plans and fetches is seldom wanted, and slow to load.
  async plan(signal: AbortSignal): Promise<PlanResult> {
    const { machinePlan } = await import("./models.ts");
    return machinePlan({ ...this.#place(), machine: this.#lookAtMachine }, signal);
  }

  async models(signal: AbortSignal): Promise<ModelsResult> {
    const { listModels } = await import("./models.ts");
    const { state } = this.model;
    const bound = state.kind === "ready" ? { complete: roleName(state.model.info) } : {};
    return listModels({ ...this.#place(), machine: this.#lookAtMachine, bound }, signal);
  }

  async pull(request: PullRequest, signal: AbortSignal): Promise<PullResult> {
    const { pullWithOutcome } = await import("./models.ts");
    const result = await pullWithOutcome({ ...this.#place(), ...request }, signal);
    if (result.outcome === "fetched") {
      this.#chat.role.modelsChanged();
      await this.model.modelsChanged();
    }
    return result;
  }

  ask(asked: AskedQuestion, tell: (part: ChatPart) => void, signal: AbortSignal): Promise<ChatResult> {
    const sources = asked.sources.map((source) => ({
      ...source,
      path: displayPath(source.uri, this.#folders),
    }));
    return this.#chat.service.ask({ ...asked, sources }, tell, signal);
  }

  doctor(problems: readonly string[], signal: AbortSignal): Promise<DoctorResult> {
    return this.#doctor(problems, signal);
  }

  dispose(): void {
    this.#store.dispose();
  }

  #place() {
    return { home: this.#home, settings: this.#settings, localizer: this.#localizer };
  }

  #setReading(reading: ReadingProgress | undefined): void {
    this.#reading = reading;
    this.#onStatus();
  }

  async #autoModels(models: string, signal: AbortSignal): Promise<readonly WantedModel[]> {
    const { autoModels } = await import("./auto-models.ts");
    return autoModels("complete", { settings: this.#settings, models, env: process.env }, signal);
  }

  async #openModel(
    wanted: WantedModel,
    { models, signal }: { readonly models: string; readonly signal: AbortSignal },
  ): Promise<OpenModel> {
    const { spec, model } = await modelSpec(wanted, this.#specSource(models));
    if (!signal.aborted) this.#modelName = model;
    return openRoleModel({ host: this.host, spec, onLoop: () => this.#countLoop() }, signal);
  }

  #countLoop(): void {
    this.metrics.count("answers.looped");
  }

  #specSource(models: string): SpecSource {
    return {
      settings: this.#settings,
      models,
      env: process.env,
      secret: this.#secret,
      session: sessionOf([homedir(), ...this.#folders]),
    };
  }

  /** In a workspace that is not trusted no model is asked, whatever the settings say. */
  #bind(): void {
    const role = this.#settings["roles.complete"];
    const place = placeOf(this.#settings);
    const trusted = this.#trust === "trusted";
    this.#chat.service.setTrust(this.#trust);
    this.model.bind(trusted || role === "off" ? role : "builtin/ngram", place);
    this.#chat.role.bind(this.#settings["roles.reason"], { trusted, place });
  }
}

/** What of a folder is read. */
function readingLimits(settings: Settings): CrawlLimits {
  return {
    fileBytes: settings["index.maxFileSize"],
    files: settings["index.maxFiles"],
    exclude: settings["index.exclude"],
  };
}

export function createServices(request: ServicesRequest): Services {
  return new Services(request);
}
