/** One notification a cause, with a button, and never a second one while the first stands. */

import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { ErrorBoundary, type Trouble } from "../../../src/errors.ts";

describe("the error boundary", () => {
  let shown: string[];
  let logged: string[];
  let press: (title: string | undefined) => void;
  let boundary: ErrorBoundary;
  let mended: number;
  let trouble: Trouble;

  beforeEach(() => {
    shown = [];
    logged = [];
    mended = 0;
    trouble = {
      cause: "server",
      message: "It stopped.",
      mends: [{ title: "Restart", run: () => (mended += 1) }],
    };
    boundary = new ErrorBoundary({
      show: (message, ...titles) => {
        shown.push([message, ...titles].join(" | "));
        return new Promise((resolve) => {
          press = resolve;
        });
      },
      log: (message) => logged.push(message),
    });
  });

  it("says what happened, with what mends it", () => {
    void boundary.report(trouble);
    assert.deepEqual(shown, ["It stopped. | Restart"]);
  });

  it("says one cause once, and logs it each time", () => {
    void boundary.report(trouble);
    void boundary.report(trouble);
    assert.equal(shown.length, 1);
    assert.equal(logged.length, 2);
  });

  it("stays silent about a cause that lasts after its notification was closed", async () => {
    const told = boundary.report(trouble);
    press(undefined);
    await told;
    await boundary.report(trouble);
    assert.equal(shown.length, 1);
    assert.equal(mended, 0);
  });

  it("says it again when it came back after it was mended", async () => {
    const told = boundary.report(trouble);
    press("Restart");
    await told;
    assert.equal(mended, 1);
    void boundary.report(trouble);
    assert.equal(shown.length, 2);
  });

  it("answers each attempt of a person, but not twice at once", async () => {
    const fail = () => Promise.reject(new Error("no"));
    const first = boundary.guard(trouble, fail);
    await Promise.resolve();
    await Promise.resolve();
    await boundary.guard(trouble, fail);
    assert.equal(shown.length, 1);
    press(undefined);
    await first;
    void boundary.guard(trouble, fail);
    await Promise.resolve();
    await Promise.resolve();
    assert.equal(shown.length, 2);
  });

  it("shows nothing when all went well", async () => {
    await boundary.guard(trouble, () => 1);
    assert.deepEqual([shown, logged], [[], []]);
  });
});
