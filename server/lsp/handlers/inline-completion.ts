/** `textDocument/inlineCompletion`: asks the completion service about the newest snapshot. */

import {
  ErrorCodes,
  type InlineCompletionList,
  type InlineCompletionParams,
  InlineCompletionTriggerKind,
  ResponseError,
} from "vscode-languageserver-protocol";
import { onAbort } from "../../base/abort.ts";
import type { CompletionOutcome } from "../../features/completion/completion-outcome.ts";
import type { Metrics } from "../../metrics/metrics.ts";
import { noCompletions, toInlineCompletions } from "../convert/inline-completions.ts";
import { fromWire } from "../convert/positions.ts";
import type { Session } from "../session.ts";

export async function onInlineCompletion(
  session: Session,
  params: InlineCompletionParams,
  signal: AbortSignal,
): Promise<InlineCompletionList> {
  const { uri } = params.textDocument;
  const services = await session.services();
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
  const outcome = await Promise.race([services.complete(request, signal), cancelled(signal)]);
  record(services.metrics, outcome, performance.now() - started);
  if (outcome.kind === "failed") session.log.log("warn", `completion failed: ${outcome.error.message}`);
  if (session.documents.get(uri)?.version !== snapshot.version) return noCompletions;
  return toInlineCompletions(outcome, snapshot, encoding);
}

/** A cancelled request answers at once, whatever the service is still doing for the next one. */
function cancelled(signal: AbortSignal): Promise<CompletionOutcome> {
  return new Promise((resolve) => {
    onAbort(signal, () => resolve({ kind: "skipped", reason: "cancelled" }));
  });
}

function record(metrics: Metrics, outcome: CompletionOutcome, totalMs: number): void {
  const detail = { suggested: "", skipped: "", failed: "" };
  if (outcome.kind === "skipped") detail.skipped = `.${outcome.reason}`;
  if (outcome.kind === "failed") detail.failed = `.${outcome.error.code}`;
  metrics.count(`completion.${outcome.kind}${detail[outcome.kind]}`);
  metrics.time("completion.total", totalMs);
  const timings = outcome.report?.timings;
  if (!timings) return;
  const modelMs = timings.totalMs - timings.overheadMs;
  metrics.time("completion.model", modelMs);
  metrics.time("completion.overhead", Math.max(0, totalMs - modelMs));
}
