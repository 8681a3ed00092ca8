/** How long a server wants to be left alone. */

import assert from "node:assert/strict";
import { readRetryAfter } from "../../../server/base/retry-after.ts";

const now = Date.parse("2026-01-01T12:00:00Z");

describe("Retry-After", () => {
  const cases: readonly (readonly [header: string | undefined, ms: number | undefined])[] = [
    [undefined, undefined],
    ["7", 7000],
    [" 0 ", 0],
    ["Thu, 01 Jan 2026 12:00:30 GMT", 30_000],
    ["Thu, 01 Jan 2026 11:00:00 GMT", 0],
    ["soon", undefined],
    ["", undefined],
    ["9".repeat(400), undefined],
  ];
  for (const [header, ms] of cases)
    it(`${header?.slice(0, 40)}`, () => assert.equal(readRetryAfter(header, now), ms));
});
