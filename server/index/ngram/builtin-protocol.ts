/** What the built-in completer and its worker say to each other, and what it answers. Data only. */

import type { TextChange } from "../../text/snapshot.ts";
import type { CrawlLimits } from "../crawl/crawl.ts";
import type { SkipReason } from "../crawl/skip-reason.ts";
import type { NoAnswer } from "./ngram-model.ts";
import type { Start } from "./sure-start.ts";

export type BuiltinAnswer =
  | {
      readonly kind: "answer";
      /** The rest of the cursor's line, never empty. */
      readonly text: string;
      /** 0 to 1: how often a guess like this is exactly right. */
      readonly confidence: number;
      /** Whether the confidence passes the gate of the language. */
      readonly sure: boolean;
      /** The sure first tokens, for whoever asks by hand where the whole line is not sure. */
      readonly start: Start | undefined;
    }
  | { readonly kind: "none"; readonly reason: NoAnswer | "stale" | "aborted" | "crashed" | "disposed" };

export interface BuiltinStatus {
  readonly files: number;
  readonly tokens: number;
  readonly bytes: number;
  /** Whether a folder is still being read. */
  readonly reading: boolean;
  /** Whether it is being found out, on what was read, how sure a guess must be. */
  readonly calibrating: boolean;
  /** How many files were left out, by reason, and the first of each. */
  readonly omitted: readonly OmittedFiles[];
  /** The least confidence that is shown, by language; languages without one use `"*"`. */
  readonly gates: Readonly<Record<string, number>>;
}

export interface OmittedFiles {
  readonly reason: SkipReason;
  readonly count: number;
  readonly examples: readonly string[];
}

export interface OpenDocument {
  readonly uri: string;
  readonly languageId: string;
  readonly version: number;
  readonly text: string;
}

export type ToWorker =
  | { readonly kind: "add-folder"; readonly path: string; readonly limits: CrawlLimits }
  | { readonly kind: "remove-folder"; readonly path: string }
  | { readonly kind: "saved"; readonly path: string }
  | { readonly kind: "open"; readonly document: OpenDocument }
  | {
      readonly kind: "change";
      readonly uri: string;
      readonly version: number;
      readonly changes: readonly (TextChange | string)[];
    }
  | { readonly kind: "close"; readonly uri: string }
  | {
      readonly kind: "complete";
      readonly id: number;
      readonly uri: string;
      readonly version: number;
      readonly offset: number;
    }
  | { readonly kind: "cancel"; readonly id: number }
  | { readonly kind: "status"; readonly id: number }
  | { readonly kind: "idle"; readonly id: number }
  | { readonly kind: "ping" };

export type FromWorker =
  | { readonly kind: "answer"; readonly id: number; readonly answer: BuiltinAnswer }
  | { readonly kind: "status"; readonly id: number; readonly status: BuiltinStatus }
  | { readonly kind: "idle"; readonly id: number }
  /** The answer to a ping, at once. */
  | { readonly kind: "pong" }
  /** How far the reading of folders is: now and then while it lasts, and once at its end. */
  | { readonly kind: "progress"; readonly status: BuiltinStatus }
  | { readonly kind: "log"; readonly level: "debug" | "info" | "warn"; readonly message: string };

export function isToWorker(message: unknown): message is ToWorker {
  return isMessage(message);
}

export function isFromWorker(message: unknown): message is FromWorker {
  return isMessage(message);
}

/** Both ends are one program of one version: the kind tells the shape. */
function isMessage(message: unknown): message is { readonly kind: string } {
  return typeof message === "object" && message !== null && "kind" in message;
}
