/** Work that is shared by all who want it at the same time. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { SharedWork } from "../../../server/base/shared-work.ts";

describe("shared work", () => {
  const never = new AbortController().signal;

  function start() {
    const runs: { readonly signal: AbortSignal; readonly end: PromiseWithResolvers<number> }[] = [];
    const work = new SharedWork((signal) => {
      const end = Promise.withResolvers<number>();
      runs.push({ signal, end });
      return end.promise;
    });
    return { runs, work };
  }

  it("is done once for all who want it at once, and again for who comes later", async () => {
    const { runs, work } = start();
    const both = Promise.all([work.wait(never), work.wait(never)]);
    runs[0]?.end.resolve(1);
    assert.deepEqual(await both, [1, 1]);
    const later = work.wait(never);
    runs[1]?.end.resolve(2);
    assert.equal(await later, 2);
    assert.equal(runs.length, 2);
  });

  it("goes on for the others when one leaves, and ends with the last", async () => {
    const { runs, work } = start();
    const [first, second] = [new AbortController(), new AbortController()];
    const waiting = [first, second].map(({ signal }) => work.wait(signal));
    first.abort();
    await assert.rejects(waiting[0] ?? Promise.resolve(), { name: "AbortError" });
    assert.equal(runs[0]?.signal.aborted, false);
    second.abort();
    await assert.rejects(waiting[1] ?? Promise.resolve(), { name: "AbortError" });
    assert.equal(runs[0]?.signal.aborted, true);
  });

  it("fails for all of them, and is tried again by the next", async () => {
    const { runs, work } = start();
    const both = Promise.allSettled([work.wait(never), work.wait(never)]);
    runs[0]?.end.reject(new Error("no"));
    assert.deepEqual(
      (await both).map(({ status }) => status),
      ["rejected", "rejected"],
    );
    const again = work.wait(never);
    runs[1]?.end.resolve(3);
    assert.equal(await again, 3);
  });
});
