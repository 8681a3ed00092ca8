/**
 * The built-in completer as the server sees it: a worker that knows the person's own code. A worker that dies or is
 * stuck is started again with what is open; until then there is no answer, and nothing throws or waits for it.
 */

import { Worker } from "node:worker_threads";
import { onAbort } from "../../base/abort.ts";
import type { Clock } from "../../base/clock.ts";
import { type Disposable, toDisposable } from "../../base/disposable.ts";
import type { Logger } from "../../base/log.ts";
import type { Snapshot, TextChange } from "../../text/snapshot.ts";
import type { CrawlLimits } from "../crawl/crawl.ts";
import {
  type BuiltinAnswer,
  type BuiltinStatus,
  type FromWorker,
  isFromWorker,
  type ToWorker,
} from "./builtin-protocol.ts";
import { longestDocument } from "./limits.ts";
import { Watchdog } from "./watchdog.ts";

export type { BuiltinAnswer, BuiltinStatus } from "./builtin-protocol.ts";

export interface BuiltinCompleterOptions {
  readonly workerPath: string;
  readonly log: Logger;
  readonly clock: Clock;
}

export interface BuiltinQuery {
  readonly uri: string;
  readonly version: number;
  /** UTF-16 code units from the start of the text. */
  readonly offset: number;
}

/** Waits between a crash and the next start, in milliseconds; the last one repeats. */
const backoff = [100, 500, 2000, 10_000, 30_000];
/** A worker that lived this long has earned the first wait again. */
const steadyMs = 60_000;

export class BuiltinCompleter implements Disposable {
  readonly #options: BuiltinCompleterOptions;
  readonly #clock: Clock;
  readonly #folders = new Map<string, CrawlLimits>();
  readonly #documents = new Map<string, Snapshot>();
  readonly #answers = new Map<number, (answer: BuiltinAnswer) => void>();
  readonly #states = new Map<number, (status: BuiltinStatus) => void>();
  readonly #idlers = new Map<number, () => void>();
  readonly #listeners = new Set<(status: BuiltinStatus) => void>();
  #worker: Worker | undefined;
  #watchdog: Watchdog | undefined;
  #restart: Disposable | undefined;
  #crashes = 0;
  #startedAt = 0;
  #lastId = 0;
  #disposed = false;

  constructor(options: BuiltinCompleterOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#start();
  }

  /** Reads and follows a folder of the file system; one that is there already is read again, with these limits. */
  addFolder(path: string, limits: CrawlLimits): void {
    this.#folders.set(path, limits);
    this.#post({ kind: "add-folder", path, limits });
  }

  removeFolder(path: string): void {
    this.#folders.delete(path);
    this.#post({ kind: "remove-folder", path });
  }

  open(snapshot: Snapshot): void {
    this.#documents.set(snapshot.uri, snapshot);
    if (isFollowed(snapshot)) this.#post(openMessage(snapshot));
  }

  /** What `changes` made of a document that is open. */
  change(after: Snapshot, changes: readonly (TextChange | string)[]): void {
    const { uri, version } = after;
    const before = this.#documents.get(uri);
    if (!before) return;
    this.#documents.set(uri, after);
    if (!isFollowed(after)) this.#post({ kind: "close", uri });
    else if (isFollowed(before)) this.#post({ kind: "change", uri, version, changes });
    else this.#post(openMessage(after));
  }

  close(uri: string): void {
    if (this.#documents.delete(uri)) this.#post({ kind: "close", uri });
  }

  /** A file was written, created or deleted on disk. */
  saved(path: string): void {
    this.#post({ kind: "saved", path });
  }

  complete(query: BuiltinQuery, signal: AbortSignal): Promise<BuiltinAnswer> {
    if (signal.aborted) return Promise.resolve({ kind: "none", reason: "aborted" });
    if (!this.#worker)
      return Promise.resolve({ kind: "none", reason: this.#disposed ? "disposed" : "crashed" });
    const document = this.#documents.get(query.uri);
    if (document && !isFollowed(document)) return Promise.resolve({ kind: "none", reason: "too-large" });
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      const stop = onAbort(signal, () => {
        this.#post({ kind: "cancel", id });
        settle({ kind: "none", reason: "aborted" });
      });
      const settle = (answer: BuiltinAnswer) => {
        this.#answers.delete(id);
        stop();
        resolve(answer);
      };
      this.#answers.set(id, settle);
      this.#post({ kind: "complete", id, uri: query.uri, version: query.version, offset: query.offset });
      this.#watchdog?.asked();
    });
  }

  /** What is counted. All zero while there is no worker. */
  status(): Promise<BuiltinStatus> {
    if (!this.#worker) return Promise.resolve(nothing);
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#states.set(id, resolve);
      this.#post({ kind: "status", id });
      this.#watchdog?.asked();
    });
  }

  /**
   * Tells `listener` how far the reading of folders is: at its begin, at most every 250 ms while it lasts, and once
   * at its end. A worker that dies ends it; the next one begins anew.
   */
  onProgress(listener: (status: BuiltinStatus) => void): Disposable {
    const own = (status: BuiltinStatus) => listener(status);
    this.#listeners.add(own);
    return toDisposable(() => void this.#listeners.delete(own));
  }

  /** Resolves when all folders are read, and when disposed. */
  idle(): Promise<void> {
    if (this.#disposed) return Promise.resolve();
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#idlers.set(id, resolve);
      this.#post({ kind: "idle", id });
    });
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#restart?.dispose();
    this.#watchdog?.dispose();
    void this.#worker?.terminate();
    this.#worker = undefined;
    this.#giveUp("disposed");
    this.#listeners.clear();
    for (const resolve of this.#idlers.values()) resolve();
    this.#idlers.clear();
  }

  #start(): void {
    const worker = new Worker(this.#options.workerPath, { name: "hearth-index" });
    worker.on("message", (message: unknown) => {
      if (isFromWorker(message) && this.#worker === worker) this.#receive(message);
    });
    worker.on("error", (error) =>
      this.#options.log.log("error", `The index worker failed: ${String(error)}`),
    );
    worker.on("exit", () => this.#died(worker));
    this.#worker = worker;
    this.#startedAt = this.#clock.now();
    this.#watchdog = new Watchdog(this.#clock, {
      isAsked: () => this.#answers.size + this.#states.size > 0,
      ping: () => this.#post({ kind: "ping" }),
      stuck: () => this.#end(worker),
    });
    for (const snapshot of this.#documents.values()) {
      if (isFollowed(snapshot)) this.#post(openMessage(snapshot));
    }
    for (const [path, limits] of this.#folders) this.#post({ kind: "add-folder", path, limits });
    for (const id of this.#idlers.keys()) this.#post({ kind: "idle", id });
  }

  /** Does not wait for the thread's end: what holds it may hold that too. */
  #end(worker: Worker): void {
    this.#options.log.log("warn", "The index worker is stuck; it is ended.");
    void worker.terminate();
    this.#died(worker);
  }

  #died(worker: Worker): void {
    if (this.#disposed || this.#worker !== worker) return;
    this.#worker = undefined;
    this.#watchdog?.dispose();
    this.#giveUp("crashed");
    this.#tell(nothing);
    if (this.#clock.now() - this.#startedAt > steadyMs) this.#crashes = 0;
    const wait = backoff[Math.min(this.#crashes++, backoff.length - 1)] ?? 0;
    this.#options.log.log("warn", `The index worker ended; it starts again in ${wait} ms.`);
    this.#restart = this.#clock.after(wait, () => this.#start());
  }

  #giveUp(reason: "crashed" | "disposed"): void {
    for (const settle of this.#answers.values()) settle({ kind: "none", reason });
    for (const resolve of this.#states.values()) resolve(nothing);
    this.#states.clear();
  }

  #receive(message: FromWorker): void {
    this.#watchdog?.alive();
    switch (message.kind) {
      case "pong":
        return;
      case "answer":
        this.#answers.get(message.id)?.(message.answer);
        return;
      case "status":
        this.#states.get(message.id)?.(message.status);
        this.#states.delete(message.id);
        return;
      case "progress":
        return this.#tell(message.status);
      case "idle":
        this.#idlers.get(message.id)?.();
        this.#idlers.delete(message.id);
        return;
      case "log":
        this.#options.log.log(message.level, message.message);
        return;
    }
  }

  #tell(status: BuiltinStatus): void {
    for (const listener of this.#listeners) listener(status);
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }
}

const nothing: BuiltinStatus = {
  files: 0,
  tokens: 0,
  bytes: 0,
  reading: false,
  calibrating: false,
  omitted: [],
  gates: {},
};

/** What is too long to be completed is not even sent. */
function isFollowed(snapshot: Snapshot): boolean {
  return snapshot.text.length <= longestDocument;
}

function openMessage({ uri, languageId, version, text }: Snapshot): ToWorker {
  return { kind: "open", document: { uri, languageId, version, text } };
}
