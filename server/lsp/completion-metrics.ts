/** What is counted of completions. */

import type { CompletionOutcome } from "../features/completion/completion-outcome.ts";
import type { Metrics } from "../metrics/metrics.ts";

export function recordCompletion(metrics: Metrics, outcome: CompletionOutcome, totalMs: number): void {
  metrics.count(`completion.${outcome.kind}${detailOf(outcome)}`);
  metrics.time("completion.total", totalMs);
  const timings = outcome.report?.timings;
  if (!timings) return;
  const modelMs = timings.totalMs - timings.overheadMs;
  metrics.time("completion.model", modelMs);
  metrics.time("completion.overhead", Math.max(0, totalMs - modelMs));
}

export function countAccepted(metrics: Metrics): void {
  metrics.count("completion.accepted");
}

function detailOf(outcome: CompletionOutcome): string {
  switch (outcome.kind) {
    case "suggested":
      return "";
    case "skipped":
      return `.${outcome.reason}`;
    case "failed":
      return `.${outcome.error.code}`;
  }
}
