/** Builds every adapter once, for the language server and for the command line alike. */

import { basename, isAbsolute, join, relative, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { systemClock } from "./base/clock.ts";
import { type Disposable, DisposableStore } from "./base/disposable.ts";
import type { Settings } from "./config/schema.ts";
import { describeProblem } from "./config/setting-problem.ts";
import { loadSettings } from "./config/settings-layers.ts";
import { doctor } from "./doctor.ts";
import { entryPoint } from "./entries.ts";
import { CompletionModel } from "./features/completion/completion-model.ts";
import type { CompletionOutcome, CompletionRequest } from "./features/completion/completion-outcome.ts";
import { CompletionService } from "./features/completion/completion-service.ts";
import type { CrawlLimits } from "./index/crawl/crawl.ts";
import { BuiltinCompleter, type BuiltinStatus } from "./index/ngram/builtin-completer.ts";
import { filePath } from "./lsp/convert/file-path.ts";
import type { LanguageServices, ServicesRequest, Trust } from "./lsp/language-services.ts";
import { ReadingWatch } from "./lsp/reading-watch.ts";
import type { StatusFacts } from "./lsp/status.ts";
import { Metrics } from "./metrics/metrics.ts";
import type { DoctorResult } from "./protocol/doctor.ts";
import { completionCandidates, listLocalModels, localModelPath } from "./runtime/embedded/local-models.ts";
import { HostClient } from "./runtime/host/client.ts";
import type { Snapshot, TextChange } from "./text/snapshot.ts";

export class Services implements LanguageServices, Disposable {
  readonly metrics = new Metrics();
  readonly builtin: BuiltinCompleter;
  readonly host: HostClient;
  readonly model: CompletionModel;
  readonly completion: CompletionService;
  readonly #store = new DisposableStore();
  readonly #reading: ReadingWatch;
  readonly #folders = new Set<string>();
  readonly #doctor: (settings: Settings, signal: AbortSignal) => Promise<DoctorResult>;
  #settings: Settings;
  #trust: Trust;

  constructor({ home, settings, trust, localizer, log, onStatus }: ServicesRequest) {
    this.#settings = settings;
    this.#trust = trust;
    this.#doctor = async (current, signal) => {
      const { problems } = await loadSettings({ home });
      const sentences = problems.map((problem) => describeProblem(problem, localizer));
      return doctor({ home, settings: current, problems: sentences, localizer }, signal);
    };
    const clock = systemClock;
    const workerPath = entryPoint("index-worker");
    this.builtin = this.#store.add(new BuiltinCompleter({ workerPath, log, clock }));
    this.#reading = this.#store.add(new ReadingWatch({ clock, reader: this.builtin, onChange: onStatus }));
    const models = join(home, "models");
    const [entry, childEntry] = [entryPoint("host"), entryPoint("child")];
    this.host = this.#store.add(new HostClient({ home, entry, childEntry, log, clock }));
    this.model = this.#store.add(
      new CompletionModel({
        clock,
        open: (name, signal) => {
          const path = resolve(localModelPath(name, models));
          return this.host.open({ runtime: "embedded", path }, signal);
        },
        candidates: async () => completionCandidates(await listLocalModels(models)).map(({ path }) => path),
        changed: onStatus,
      }),
    );
    this.completion = this.#store.add(
      new CompletionService({
        clock,
        builtin: this.builtin,
        model: this.model,
        settings: () => this.#settings,
        displayPath: (uri) => this.#displayPath(uri),
      }),
    );
    this.#bind();
  }

  addFolder(path: string): void {
    this.#folders.add(path);
    if (!this.#settings["index.enabled"]) return;
    this.builtin.addFolder(path, readingLimits(this.#settings));
    this.#reading.begin();
  }

  removeFolder(path: string): void {
    this.#folders.delete(path);
    this.builtin.removeFolder(path);
  }

  documentOpened(snapshot: Snapshot): void {
    this.builtin.open(snapshot);
  }

  documentChanged(snapshot: Snapshot, changes: readonly (TextChange | string)[]): void {
    this.builtin.change(snapshot.uri, snapshot.version, changes, snapshot);
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

  accepted(id: string): void {
    if (this.completion.accepted(id)) this.metrics.count("completion.accepted");
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
      trusted: this.#trust === "trusted",
      reading: this.#reading.progress,
    };
  }

  builtinStatus(): Promise<BuiltinStatus> {
    return this.builtin.status();
  }

  doctor(signal: AbortSignal): Promise<DoctorResult> {
    return this.#doctor(this.#settings, signal);
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** From the innermost folder that holds the document, with forward slashes; else its name. */
  #displayPath(uri: string): string {
    const path = filePath(uri);
    if (path === undefined) return uri;
    const inside = [...this.#folders]
      .map((folder) => relative(folder, path))
      .filter((name) => name !== "" && !name.startsWith("..") && !isAbsolute(name))
      .toSorted((a, b) => a.length - b.length);
    return (inside[0] ?? basename(path)).replaceAll("\\", "/");
  }

  /** In a workspace that is not trusted no model is asked, whatever the settings say. */
  #bind(): void {
    const role = this.#settings["roles.complete"];
    this.model.bind(this.#trust === "trusted" || role === "off" ? role : "builtin/ngram");
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
