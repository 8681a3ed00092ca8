/** Waiting shows after 300 ms and goes when the last piece of work ends. */

import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { BusyWatch } from "../../../src/editor/busy-watch.ts";

describe("the busy watch", () => {
  let changes: number;
  let elapse: (() => void) | undefined;
  let watch: BusyWatch;

  beforeEach(() => {
    changes = 0;
    elapse = undefined;
    watch = new BusyWatch({
      onChange: () => (changes += 1),
      after: (_ms, callback) => {
        elapse = callback;
        return () => (elapse = undefined);
      },
    });
  });

  it("says nothing of short work", () => {
    watch.begin()();
    assert.deepEqual([watch.visible, changes, elapse], [false, 0, undefined]);
  });

  it("shows long work until its end", () => {
    const end = watch.begin();
    elapse?.();
    assert.deepEqual([watch.visible, changes], [true, 1]);
    end();
    end();
    assert.deepEqual([watch.visible, changes], [false, 2]);
  });

  it("shows overlapping work until the last one ends", () => {
    const first = watch.begin();
    const second = watch.begin();
    elapse?.();
    first();
    assert.equal(watch.visible, true);
    second();
    assert.equal(watch.visible, false);
  });

  it("lets work that is told again and again go on", () => {
    const work = watch.follow();
    work.goesOn();
    const firstTimer = elapse;
    work.goesOn();
    assert.equal(elapse, firstTimer);
    elapse?.();
    work.goesOn();
    assert.equal(watch.visible, true);
    work.isOver();
    work.isOver();
    assert.deepEqual([watch.visible, changes], [false, 2]);
  });

  it("ends with a failure as well", async () => {
    const failing = watch.watch(Promise.reject(new Error("no")));
    elapse?.();
    await assert.rejects(failing);
    assert.equal(watch.visible, false);
  });
});
