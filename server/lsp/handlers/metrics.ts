/** `hearth/metrics`: counts and latencies since the server started. */

import type { MetricsResult } from "../../protocol/metrics.ts";
import type { Session } from "../session.ts";

export async function onMetrics(session: Session): Promise<MetricsResult> {
  const services = await session.services();
  const { files, tokens, bytes } = await services.builtinStatus();
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    uptimeMs: Math.round(performance.now()),
    memory: { rss, heapUsed, external },
    documents: session.documents.size,
    builtin: { files, tokens, bytes },
    ...services.metrics.snapshot(),
  };
}
