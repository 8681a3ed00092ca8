/** A stream that is left is closed between two of its lines, and never much later. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { QuietMoment } from "../../../../server/runtime/ollama/quiet-moment.ts";
import { ManualClock } from "../../../support/manual-clock.ts";

describe("QuietMoment", () => {
  /** Lines at these times, then an abort, then more lines; says when it is quiet after the abort. */
  const check = async (
    lines: readonly number[],
    abortAt: number,
    more: readonly number[],
    expected: number,
  ) => {
    const clock = new ManualClock();
    const quiet = new QuietMoment(clock);
    for (const at of [...lines, ...more]) clock.after(at, () => quiet.saw());
    await clock.advance(abortAt);
    let quietAt: number | undefined;
    void quiet.wait().then(() => (quietAt = clock.now()));
    await clock.advance(500);
    assert.ok(quietAt !== undefined);
    assert.ok(Math.abs(quietAt - abortAt - expected) < 1.5, `after ${quietAt - abortAt} ms`);
  };
  const steady = Array.from({ length: 50 }, (_, index) => index * 20);

  it("is at once before the first line", () => check([], 100, [], 0));
  it("is half a gap after a line that has just come", () => check(steady, 980, [], 10));
  it("is at once in the middle of a gap", () => check(steady, 995, [], 0));
  it("waits for the lines that come in one bunch", () => check(steady, 980, [985, 988, 991], 18));
  it("is there at last where lines never cease", () =>
    check(
      steady,
      980,
      Array.from({ length: 300 }, (_, index) => 981 + index),
      80,
    ));
});
