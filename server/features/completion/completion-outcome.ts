/** What a completion request can come to, and the account of how. */

import type { FimFamilyId } from "../../model/fim.ts";
import type { RuntimeKind } from "../../model/model-info.ts";
import type { RuntimeError } from "../../model/runtime-error.ts";
import type { Position, Range, Snapshot } from "../../text/snapshot.ts";

export interface CompletionRequest {
  readonly snapshot: Snapshot;
  readonly position: Position;
  readonly trigger: "automatic" | "manual";
}

export type SkipReason =
  | "disabled"
  | "outside-document"
  | "too-large"
  | "inside-word"
  | "mid-line"
  | "cancelled"
  | "stale"
  | "blank"
  | "duplicate"
  | "secret"
  | "hidden-characters"
  | "unsure"
  | "no-source";

export type CompletionOutcome =
  | {
      readonly kind: "suggested";
      readonly items: readonly CompletionItem[];
      readonly report: CompletionReport;
    }
  | { readonly kind: "skipped"; readonly reason: SkipReason; readonly report?: CompletionReport }
  | { readonly kind: "failed"; readonly error: RuntimeError; readonly report?: CompletionReport };

/** What a source makes of a request, before it becomes an item. */
export type SourceOutcome =
  | { readonly kind: "text"; readonly text: string; readonly report: CompletionReport }
  | Exclude<CompletionOutcome, { readonly kind: "suggested" }>;

export interface CompletionItem {
  /** Names the item when a person accepts it. */
  readonly id: string;
  readonly text: string;
  /** What the text replaces: always within the cursor's line. */
  readonly range: Range;
}

export interface CompletionReport {
  readonly runtime: "builtin" | RuntimeKind;
  readonly model: string;
  readonly template?: FimFamilyId;
  /** 0 to 1; only of the built-in completer. */
  readonly confidence?: number;
  /** Whether it is sure enough to be shown without being asked for; only of the built-in completer. */
  readonly shownWhileTyping?: boolean;
  /** Served from the cache of earlier answers. */
  readonly reused: boolean;
  readonly timings: CompletionTimings;
  /** Only of a model, and only when it was asked. */
  readonly tokens?: { readonly prompt: number; readonly cached: number; readonly generated: number };
  readonly context: readonly ContextPart[];
}

/** Milliseconds. `overheadMs`: before the first byte to the runtime plus after its last token. */
export interface CompletionTimings {
  readonly queueMs: number;
  readonly contextMs: number;
  readonly overheadMs: number;
  readonly firstTokenMs: number;
  readonly totalMs: number;
}

export interface ContextPart {
  readonly source: "prefix" | "suffix";
  readonly path: string;
  /** From 0, both included. */
  readonly startLine: number;
  readonly endLine: number;
  readonly tokens: number;
}
