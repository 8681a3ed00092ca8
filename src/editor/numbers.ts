/** The numbers in the status item's hover: what was suggested and accepted, how fast, in how much memory. */

import type { MetricsResult } from "../../server/protocol/metrics.ts";
import type { Translate } from "../translate.ts";

/** Lines for a person; none before anything was counted. */
export function numbers(metrics: MetricsResult | undefined, t: Translate): readonly string[] {
  const suggested = metrics?.counters["completion.suggested"] ?? 0;
  if (!metrics || suggested === 0) return [];
  const accepted = metrics.counters["completion.accepted"] ?? 0;
  const total = metrics.latencies["completion.total"];
  const counted = t("{0} suggestions, {1} accepted", suggested, accepted);
  const latency = total ? [t("{0} ms in the middle, {1} ms at p95", round(total.p50), round(total.p95))] : [];
  const memory = t("{0} MB for the language server", Math.round(metrics.memory.rss / 1e6));
  return [counted, ...latency, memory];
}

function round(ms: number): number {
  return ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms);
}
