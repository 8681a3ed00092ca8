/** `textDocument/inlineCompletion`: asks the completion service about the snapshot of this moment. */

import {
  ErrorCodes,
  type InlineCompletionList,
  type InlineCompletionParams,
  InlineCompletionTriggerKind,
  ResponseError,
} from "vscode-languageserver-protocol";
import { untilAborted } from "../../base/abort.ts";
import type { CompletionOutcome } from "../../features/completion/completion-outcome.ts";
import type { Snapshot } from "../../text/snapshot.ts";
import { recordCompletion } from "../completion-metrics.ts";
import { checkedParams, inlineCompletionSchema } from "../convert/checked-params.ts";
import { noCompletions, toInlineCompletions } from "../convert/inline-completions.ts";
import { fromWire } from "../convert/positions.ts";
import type { Session } from "../session.ts";

export async function onInlineCompletion(
  session: Session,
  raw: InlineCompletionParams,
  signal: AbortSignal,
): Promise<InlineCompletionList> {
  const params = checkedParams(inlineCompletionSchema, raw, session.localizer);
  const { uri } = params.textDocument;
  // The text that the position was said of: it may change while the services start.
  const snapshot = session.documents.get(uri);
  if (!snapshot) return noCompletions;
  if (params.position.line >= snapshot.lineCount) {
    throw new ResponseError(
      ErrorCodes.InvalidParams,
      session.localizer.t(
        "Line {0} is outside the document, which has {1} lines.",
        params.position.line + 1,
        snapshot.lineCount,
      ),
    );
  }
  const { encoding } = session.profile;
  const wanted = fromWire(snapshot, params.position, encoding);
  // A character beyond the line's end means the end, as LSP says.
  const position = snapshot.positionAt(snapshot.offsetAt(wanted));
  const manual = params.context.triggerKind === InlineCompletionTriggerKind.Invoked;
  const request = { snapshot, position, trigger: manual ? "manual" : "automatic" } as const;
  const started = performance.now();
  const services = await untilAborted(session.services(), signal);
  if (!services) return noCompletions;
  const outcome = await services.complete(request, signal);
  recordCompletion(services.metrics, outcome, performance.now() - started);
  if (outcome.kind === "failed") session.log.log("warn", `completion failed: ${outcome.error.message}`);
  const newest = session.documents.get(uri)?.version;
  session.log.log("debug", logLine(outcome, snapshot, newest));
  if (newest !== snapshot.version) return noCompletions;
  return toInlineCompletions(outcome, snapshot, encoding);
}

/** Never what was suggested: a log may be shown to others. */
function logLine(outcome: CompletionOutcome, snapshot: Snapshot, newest: number | undefined): string {
  const reason = outcome.kind === "skipped" ? `, ${outcome.reason}` : "";
  const confidence = outcome.report?.confidence;
  const sure = confidence === undefined ? "" : `, confidence ${confidence.toFixed(2)}`;
  return `completion ${outcome.kind}${reason}${sure} (version ${snapshot.version} of ${newest ?? "a closed document"})`;
}
