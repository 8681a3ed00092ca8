/** `hearth/metrics`: counts and latencies since the server started. */

import type { MetricsResult } from "../../protocol/metrics.ts";
import type { Session } from "../session.ts";

export async function onMetrics(session: Session): Promise<MetricsResult> {
  const { metrics } = await session.services();
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    uptimeMs: Math.round(performance.now()),
    memory: { rss, heapUsed, external },
    documents: session.documents.size,
    ...metrics.snapshot(),
  };
}
