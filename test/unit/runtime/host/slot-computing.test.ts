/** Where a completion shares its processor with a chat in another slot. */

import assert from "node:assert/strict";
import type { GpuMaker } from "../../../../server/model/backend.ts";
import { computingOf } from "../../../../server/runtime/host/slot-computing.ts";

const cases: readonly (readonly [string, NodeJS.Platform, readonly GpuMaker[], string])[] = [
  ["http://127.0.0.1:8080", "linux", [], "in turns"],
  ["http://localhost:8080", "win32", ["Intel"], "in turns"],
  ["http://127.0.0.1:8080", "linux", ["NVIDIA", "Intel"], "together"],
  ["http://127.0.0.1:8080", "darwin", [], "together"],
  ["http://10.0.0.7:8080", "linux", [], "together"],
];

describe("whether slots compute in turns", () => {
  for (const [url, platform, makers, computes] of cases) {
    it(`${computes} at ${url} on ${platform} with ${makers.join(" and ") || "no GPU"}`, async () => {
      assert.equal(await computingOf(url, () => Promise.resolve(makers), platform), computes);
    });
  }
});
