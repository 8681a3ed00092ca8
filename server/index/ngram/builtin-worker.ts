/**
 * The worker's side of the built-in completer: mirrors documents, keeps folders counted and answers. A question
 * is answered after all messages that have already arrived, so that a change or a cancel behind it counts.
 */

import { fileURLToPath } from "node:url";
import { Latest } from "../../base/abort.ts";
import type { Clock } from "../../base/clock.ts";
import { Snapshot, type TextChange } from "../../text/snapshot.ts";
import type { CrawlLimits } from "../crawl/crawl.ts";
import type { BuiltinAnswer, BuiltinStatus, FromWorker, OpenDocument, ToWorker } from "./builtin-protocol.ts";
import type { Edit } from "./document-index.ts";
import { FolderReader } from "./folder-reader.ts";
import { calibrateGates } from "./gate-calibration.ts";
import { Gates } from "./gates.ts";
import { type Later, NgramModel } from "./ngram-model.ts";
import { ReadingProgress } from "./reading-progress.ts";

export interface BuiltinWorkerOptions {
  readonly clock: Clock;
  /** What the counts of the workspace may take, in bytes. */
  readonly countsBytes: number;
  readonly send: (message: FromWorker) => void;
}

const quietMs = 2000;

type Question = Extract<ToWorker, { readonly kind: "complete" }>;

export class BuiltinWorker {
  readonly #send: (message: FromWorker) => void;
  readonly #model: NgramModel;
  readonly #folders: FolderReader;
  readonly #progress: ReadingProgress;
  readonly #gates = new Gates();
  readonly #calibration = new Latest();
  /** How many run; all but the last are about to end. */
  #calibrations = 0;
  readonly #documents = new Map<string, Snapshot>();
  readonly #questions = new Map<number, Question>();
  /** Runs when files were saved and then nothing was asked for a while. */
  #quiet: NodeJS.Timeout | undefined;

  constructor({ clock, countsBytes, send }: BuiltinWorkerOptions) {
    this.#send = send;
    this.#progress = new ReadingProgress(clock, () => {
      send({ kind: "progress", status: { ...this.#status, reading: this.#progress.reading } });
    });
    this.#model = new NgramModel({ countsBytes }, betweenMessages);
    this.#folders = new FolderReader(this.#model, {
      open: () => [...this.#documents.keys()].map(pathOf),
    });
  }

  receive(message: ToWorker): void {
    if (message.kind !== "ping") this.#quiet?.refresh();
    switch (message.kind) {
      case "ping":
        return this.#send({ kind: "pong" });
      case "open":
        return this.#open(message.document);
      case "change":
        return this.#change(message);
      case "close":
        return this.#close(message.uri);
      case "complete":
        return this.#ask(message);
      case "cancel":
        this.#questions.delete(message.id);
        return;
      case "status":
        return this.#send({ kind: "status", id: message.id, status: this.#status });
      case "idle":
        void this.#folders.idle().then(() => this.#send({ kind: "idle", id: message.id }));
        return;
      case "add-folder":
        void this.#read(message.path, message.limits);
        return;
      case "remove-folder":
        return this.#folders.remove(message.path);
      case "saved":
        this.#quiet ??= setTimeout(() => this.#tidy(), quietMs);
        void this.#folders.saved(message.path);
        return;
    }
  }

  async #read(path: string, limits: CrawlLimits): Promise<void> {
    await this.#progress.during(() => this.#folders.add(path, limits));
    if (this.#folders.reading) return;
    this.#calibrations++;
    await calibrateGates(this.#gates, this.#model, this.#calibration.next());
    this.#calibrations--;
  }

  #tidy(): void {
    this.#quiet = undefined;
    this.#model.tidy();
  }

  #open({ uri, languageId, version, text }: OpenDocument): void {
    this.#documents.set(uri, new Snapshot(uri, languageId, version, text));
    this.#model.open(pathOf(uri), text);
    void this.#folders.near(pathOf(uri));
  }

  #change({ uri, version, changes }: Extract<ToWorker, { readonly kind: "change" }>): void {
    const before = this.#documents.get(uri);
    if (!before) return;
    const after = before.with(version, changes);
    this.#documents.set(uri, after);
    this.#model.change(pathOf(uri), after.text, editOf(before, after, changes));
  }

  /** A file that was counted as it stood in the editor counts as it is on disk again. */
  #close(uri: string): void {
    const path = pathOf(uri);
    this.#documents.delete(uri);
    this.#model.close(path);
    if (this.#model.has(path)) void this.#folders.saved(path);
  }

  #ask(question: Question): void {
    this.#questions.set(question.id, question);
    setImmediate(() => {
      if (!this.#questions.delete(question.id)) return;
      this.#send({ kind: "answer", id: question.id, answer: this.#answer(question) });
    });
  }

  #answer({ uri, version, offset }: Question): BuiltinAnswer {
    const document = this.#documents.get(uri);
    if (document && document.version !== version) return { kind: "none", reason: "stale" };
    const result = this.#model.complete(pathOf(uri), offset);
    if (result.kind === "none") return result;
    const sure = result.confidence >= this.#gates.of(document?.languageId ?? "");
    return { ...result, sure };
  }

  get #status(): BuiltinStatus {
    const { reading, omitted } = this.#folders;
    const calibrating = this.#calibrations > 0;
    return { ...this.#model.stats, reading, calibrating, omitted, gates: this.#gates.all() };
  }
}

/** One step at a time, so that a question that has arrived waits for one at most. */
const betweenMessages: Later = (step) => {
  setImmediate(() => {
    if (step() === "more") betweenMessages(step);
  });
};

/** The path of a file, or the whole URI where it has none. */
function pathOf(uri: string): string {
  if (!uri.startsWith("file:")) return uri;
  try {
    return fileURLToPath(uri);
  } catch {
    return uri;
  }
}

/** One change, the usual thing, says itself where it is; of several the texts are compared. */
function editOf(before: Snapshot, after: Snapshot, changes: readonly (TextChange | string)[]): Edit {
  const [change, ...others] = changes;
  if (typeof change !== "object" || others.length > 0) return editBetween(before.text, after.text);
  const start = before.offsetAt(change.range.start);
  const oldEnd = Math.max(start, before.offsetAt(change.range.end));
  return { start, oldEnd, newEnd: start + change.text.length };
}

/** The one stretch in which two texts differ. */
export function editBetween(before: string, after: string): Edit {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let same = 0;
  while (
    same < shorter - start &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  ) {
    same++;
  }
  return { start, oldEnd: before.length - same, newEnd: after.length - same };
}
