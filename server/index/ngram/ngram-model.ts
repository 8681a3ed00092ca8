/**
 * The statistical completer: what the files of the workspace and the open documents say the rest of a line is.
 * Synchronous and without a file system; the worker owns one, tests and the bench own theirs.
 */

import { holdsSecret, isInsideSecret, isSecretFile } from "../../security/secrets.ts";
import { hasLineLongerThan } from "../crawl/skip-reason.ts";
import { DocumentIndex, type Edit } from "./document-index.ts";
import { type Guess, type Guesses, LineGuesser } from "./guesser.ts";
import { longestDocument, mostCountsBytes } from "./limits.ts";
import { type LineSite, lineSite } from "./line-site.ts";
import type { Start } from "./sure-start.ts";
import { Vocabulary } from "./vocabulary.ts";
import { WorkspaceIndex } from "./workspace-index.ts";

export interface NgramLimits {
  /** What the counts of the workspace may take, in bytes. */
  readonly countsBytes: number;
  /** Characters of the longest document that is followed. */
  readonly documentLength: number;
  /** Characters of the longest line in a document that is followed: each edit reads its line again. */
  readonly lineLength: number;
}

const usualLimits: NgramLimits = {
  countsBytes: mostCountsBytes,
  documentLength: longestDocument,
  lineLength: 50_000,
};

/** Of the bytes for counts, what the words may take; a word takes about fifty. */
const vocabularyShare = 0.1;
const bytesPerWord = 50;

/** Does the steps of a work until one says that it was the last. */
export type Later = (step: () => "more" | "done") => void;

const allAtOnce: Later = (step) => {
  while (step() === "more");
};

/** Tokens that one step chains: a few milliseconds. */
const tokensPerStep = 1 << 15;

export type NgramResult =
  | {
      readonly kind: "answer";
      readonly text: string;
      readonly confidence: number;
      /** The sure first tokens, which may begin another line than `text`. */
      readonly start: Start | undefined;
    }
  | { readonly kind: "none"; readonly reason: NoAnswer };

export type NoAnswer = "unknown-document" | "too-large" | "mid-line" | "secret" | "empty";

interface OpenDocument {
  readonly index: DocumentIndex | undefined;
  text: string;
  /** Whether the workspace's counts hold `text` as it stands. */
  flushed: boolean;
}

export class NgramModel {
  readonly #limits: NgramLimits;
  readonly #vocabulary: Vocabulary;
  readonly #workspace: WorkspaceIndex;
  readonly #documents = new Map<string, OpenDocument>();
  readonly #guesser = new LineGuesser();
  readonly #later: Later;
  #current: string | undefined;
  #catchingUp = false;

  /** `later` gets what takes long, in steps; without it the model waits for all of them. */
  constructor(limits: Partial<NgramLimits> = {}, later: Later = allAtOnce) {
    this.#later = later;
    this.#limits = { ...usualLimits, ...limits };
    const { countsBytes } = this.#limits;
    const limit = Math.floor((countsBytes * vocabularyShare) / bytesPerWord);
    this.#vocabulary = new Vocabulary({ limit, refuses: holdsSecret });
    this.#workspace = new WorkspaceIndex(this.#vocabulary, { bytes: countsBytes * (1 - vocabularyShare) });
  }

  get stats(): { readonly files: number; readonly tokens: number; readonly bytes: number } {
    const { files, tokens } = this.#workspace;
    return { files, tokens, bytes: this.#workspace.bytes + this.#vocabulary.bytes };
  }

  /** Whether some of what was added is not found yet: steps of it wait. */
  get isBehind(): boolean {
    return this.#workspace.index.isBehind;
  }

  /** Work that can wait until nobody is typing. */
  tidy(): void {
    if (this.#workspace.needsCompacting) this.#workspace.compact();
    this.#catchUp();
  }

  /** Counts a file of the workspace; an open document of the same path stands for it while it is current. */
  add(path: string, text: string): "held" | "full" {
    const held = this.#workspace.set(path, text);
    if (this.#current === path) this.#workspace.hide(path);
    this.#catchUp();
    return held;
  }

  remove(path: string): void {
    this.#workspace.delete(path);
    this.#catchUp();
  }

  get files(): number {
    return this.#workspace.files;
  }

  has(path: string): boolean {
    return this.#workspace.has(path);
  }

  tokensOf(path: string): number {
    return this.#workspace.tokensOf(path);
  }

  paths(): IterableIterator<string> {
    return this.#workspace.paths();
  }

  /** Follows a document under the path of its file, or any other name that is its own. */
  open(path: string, text: string): void {
    const followed = !isSecretFile(path) && this.#fits(text);
    const index = followed ? new DocumentIndex(this.#vocabulary, text) : undefined;
    this.#documents.set(path, { index, text: followed ? text : "", flushed: false });
  }

  /** The document's new text, and what changed; without an edit it is read anew. */
  change(path: string, text: string, edit: Edit | undefined): void {
    const document = this.#documents.get(path);
    if (!document) return;
    if (!document.index || !edit || !this.#fits(text)) return this.open(path, text);
    document.text = text;
    document.flushed = false;
    document.index.update(text, edit);
  }

  close(path: string): void {
    this.#documents.delete(path);
    if (this.#current !== path) return;
    this.#workspace.show(path);
    this.#current = undefined;
  }

  complete(path: string, offset: number): NgramResult {
    const document = this.#documents.get(path);
    if (!document) return none("unknown-document");
    if (isSecretFile(path)) return none("secret");
    if (!document.index) return none("too-large");
    const inside = Math.max(0, Math.min(offset, document.text.length));
    const site = lineSite(document.text, inside, this.#vocabulary);
    if (site.rest !== "" && !isClosing(site.rest)) return none("mid-line");
    if (isInsideSecret(site.linePrefix)) return none("secret");
    this.#makeCurrent(path);
    return this.#best(document.index, site);
  }

  /** The guesses, best first, for a text that stands for the file `path`, whose own counts are left out. */
  guesses(path: string, place: { readonly text: string; readonly offset: number }): readonly Guess[] {
    const index = new DocumentIndex(this.#vocabulary, place.text);
    if (path !== this.#current) this.#workspace.hide(path);
    const { lines } = this.#guess(index, lineSite(place.text, place.offset, this.#vocabulary));
    if (path !== this.#current) this.#workspace.show(path);
    return lines;
  }

  #catchUp(): void {
    const { index } = this.#workspace;
    if (!index.isBehind || this.#catchingUp) return;
    this.#catchingUp = true;
    this.#later(() => {
      index.catchUp(tokensPerStep);
      this.#catchingUp = index.isBehind;
      return this.#catchingUp ? "more" : "done";
    });
  }

  #fits(text: string): boolean {
    const { documentLength, lineLength } = this.#limits;
    return text.length <= documentLength && !hasLineLongerThan(text, lineLength);
  }

  #best(index: DocumentIndex, site: LineSite): NgramResult {
    const { lines, start } = this.#guess(index, site);
    const [best] = lines;
    if (!best) return none("empty");
    if (holdsSecret(site.typed + best.text)) return none("secret");
    const offered = start && start.text !== best.text && !holdsSecret(site.typed + start.text);
    return {
      kind: "answer",
      text: best.text,
      confidence: best.confidence,
      start: offered ? start : undefined,
    };
  }

  /** What stands on the cursor's line from its last word on is not known yet, so it is not counted. */
  #guess(index: DocumentIndex, site: LineSite): Guesses {
    const show = index.hide(site.wordStart, site.lineEnd + 1);
    try {
      return this.#guesser.guess(site, {
        vocabulary: this.#vocabulary,
        document: index.index,
        usesOf: (id) => index.usesOf(id),
        workspace: this.#workspace.index,
      });
    } finally {
      show();
    }
  }

  /**
   * The document that is completed counts as a document; the one before it counts as a file again, when it is one
   * that was read: what may not be read from disk does not get into the workspace because it was open.
   */
  #makeCurrent(path: string): void {
    if (this.#current === path) return;
    const before = this.#current;
    this.#current = path;
    this.#workspace.hide(path);
    if (before === undefined) return;
    const document = this.#documents.get(before);
    if (document?.index && !document.flushed && this.#workspace.has(before)) {
      this.#workspace.set(before, document.text);
      document.flushed = true;
      this.#catchUp();
    }
    this.#workspace.show(before);
  }
}

/** Only brackets, quotes and separators: what an editor closes, or what ends a statement. */
function isClosing(rest: string): boolean {
  return /^[)\]}>"'`;,]+$/.test(rest);
}

function none(reason: NoAnswer): NgramResult {
  return { kind: "none", reason };
}
