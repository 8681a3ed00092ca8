import assert from "node:assert/strict";
import { ReadingProgress } from "../../../../server/index/ngram/reading-progress.ts";
import { ManualClock } from "../../../support/manual-clock.ts";

describe("reading progress", () => {
  it("is told at its begin, every 250 ms and at its end, of readings that overlap as of one", async () => {
    const clock = new ManualClock();
    const times: number[] = [];
    const progress = new ReadingProgress(clock, () => times.push(clock.now()));
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const done = [progress.during(() => first.promise), progress.during(() => second.promise)];
    await clock.advance(600);
    first.resolve();
    await clock.advance(200);
    second.resolve();
    await Promise.all(done);
    await clock.advance(1000);
    assert.deepEqual(times, [0, 250, 500, 750, 800]);
  });

  it("ends when reading fails", async () => {
    const clock = new ManualClock();
    let told = 0;
    const progress = new ReadingProgress(clock, () => told++);
    await assert.rejects(progress.during(() => Promise.reject(new Error("gone"))));
    await clock.advance(1000);
    assert.equal(told, 2);
  });
});
