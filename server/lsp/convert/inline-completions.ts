/** A completion outcome as the protocol's list: every item has its range and reports its acceptance. */

import type { InlineCompletionItem, InlineCompletionList } from "vscode-languageserver-protocol";
import type { CompletionOutcome } from "../../features/completion/completion-outcome.ts";
import { acceptedCommand } from "../../protocol/accepted.ts";
import type { Snapshot } from "../../text/snapshot.ts";
import { type PositionEncoding, rangeToWire } from "./positions.ts";

export const noCompletions: InlineCompletionList = { items: [] };

export function toInlineCompletions(
  outcome: CompletionOutcome,
  snapshot: Snapshot,
  encoding: PositionEncoding,
): InlineCompletionList {
  if (outcome.kind !== "suggested") return noCompletions;
  return {
    items: outcome.items.map(
      ({ id, text, range }): InlineCompletionItem => ({
        insertText: text,
        range: rangeToWire(snapshot, range, encoding),
        command: { title: "", command: acceptedCommand, arguments: [id] },
      }),
    ),
  };
}
