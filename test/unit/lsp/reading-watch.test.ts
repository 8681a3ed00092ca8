import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ReadingWatch } from "../../../server/lsp/reading-watch.ts";
import { ManualClock } from "../../support/manual-clock.ts";

describe("the watch over the reading of the workspace", () => {
  it("looks until nothing is read any more, and begins again", async () => {
    const clock = new ManualClock();
    const states = [
      { files: 3, reading: true },
      { files: 9, reading: false },
      { files: 12, reading: false },
    ];
    const seen: (number | undefined)[] = [];
    const reader = { status: async () => states.shift() ?? assert.fail("looked too often") };
    const watch = new ReadingWatch({ clock, reader, onChange: () => seen.push(watch.progress?.files) });
    const step = () => clock.advance(260);
    watch.begin();
    watch.begin();
    await step();
    await step();
    assert.deepEqual(seen, [0, 3, undefined]);
    await step();
    watch.begin();
    await step();
    assert.deepEqual(seen, [0, 3, undefined, 0, undefined]);
    watch.dispose();
    watch.begin();
    assert.equal(watch.progress, undefined);
  });
});
