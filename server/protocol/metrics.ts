/** `hearth/metrics`: counts and latencies since the server started, for a dashboard and for benchmarks. */

import type { NoParams, RequestSpec } from "./message.ts";

/** Milliseconds of `count` samples; the percentiles are upper bounds, at most 10 % too high. */
export interface LatencySummary {
  readonly count: number;
  readonly sum: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface MetricsResult {
  readonly uptimeMs: number;
  readonly memory: { readonly rss: number; readonly heapUsed: number; readonly external: number };
  readonly documents: number;
  /** What the built-in completer has read: files, tokens, and the bytes of its counts, which are part of `rss`. */
  readonly builtin: { readonly files: number; readonly tokens: number; readonly bytes: number };
  readonly counters: Readonly<Record<string, number>>;
  readonly latencies: Readonly<Record<string, LatencySummary>>;
}

export const metricsRequest: RequestSpec<NoParams, MetricsResult> = {
  method: "hearth/metrics",
  kind: "request",
  direction: "client to server",
  summary: "Counts and latencies since the server started. They stay on the machine.",
  params: {},
  result: {
    uptimeMs: ["`number`", "milliseconds since the process started"],
    memory: ["`{ rss, heapUsed, external }`", "bytes of the server's process"],
    documents: ["`number`", "documents that are open"],
    builtin: [
      "`{ files, tokens, bytes }`",
      "what the built-in completer has read, and the bytes of its counts, which are part of `rss`",
    ],
    counters: [
      "`{ [name]: number }`",
      "`completion.suggested`, `completion.skipped.<reason>`, `completion.failed.<code>`, `completion.accepted`",
    ],
    latencies: [
      "`{ [name]: { count, sum, p50, p95, p99, max } }`",
      "milliseconds; `completion.total` of each request, of those `completion.model` went to the model or the built-in completer, and `completion.overhead` to the rest",
    ],
  },
};
