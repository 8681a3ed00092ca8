/** The numbers in the status item's hover. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { MetricsResult } from "../../../server/protocol/metrics.ts";
import { numbers } from "../../../src/editor/numbers.ts";
import { translate } from "../../support/translate.ts";

const metrics: MetricsResult = {
  uptimeMs: 1000,
  memory: { rss: 88_400_000, heapUsed: 0, external: 0 },
  documents: 1,
  builtin: { files: 0, tokens: 0, bytes: 0 },
  counters: { "completion.suggested": 12, "completion.accepted": 3 },
  latencies: { "completion.total": { count: 20, sum: 0, p50: 4.26, p95: 41.4, p99: 60, max: 70 } },
};

describe("the numbers in the hover", () => {
  it("say what was suggested and accepted, how fast and in how much memory", () => {
    assert.deepEqual(numbers(metrics, translate), [
      "12 suggestions, 3 accepted",
      "4.3 ms in the middle, 41 ms at p95",
      "88 MB for the language server",
    ]);
  });

  it("are left out before there are any", () => {
    assert.deepEqual(numbers(undefined, translate), []);
    assert.deepEqual(numbers({ ...metrics, counters: {} }, translate), []);
  });
});
