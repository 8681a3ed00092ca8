/** A shell hears that an answer is late: once, and only where it is. */

import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, it } from "mocha";
import { english } from "../../../server/base/l10n.ts";
import type { CliContext } from "../../../server/cli/cli-context.ts";
import { heardParts, stillWaiting } from "../../../server/cli/still-waiting.ts";

const sentence = "Still waiting for an answer. Ctrl+C ends it.\n";

function shell() {
  const stderr = new PassThrough();
  const context = { localizer: english, process: { stderr } } as unknown as CliContext;
  return { context, stderr, said: () => String(stderr.read() ?? "") };
}

describe("a shell that waits for an answer", () => {
  it("says so where it is late", async () => {
    const { context, stderr, said } = shell();
    const answer = Promise.withResolvers<string>();
    const waited = stillWaiting(answer.promise, context, 1);
    stderr.once("readable", () => answer.resolve("42"));
    assert.equal(await waited, "42");
    assert.equal(said(), sentence);
  });

  it("says nothing of one that comes in time, or of a pause within", async () => {
    const { context, said } = shell();
    assert.equal(await stillWaiting(Promise.resolve("42"), context), "42");
    async function* parts() {
      yield "a";
      yield "b";
    }
    const heard: string[] = [];
    for await (const part of heardParts(parts(), context)) heard.push(part);
    assert.deepEqual(heard, ["a", "b"]);
    assert.equal(said(), "");
  });

  it("says so before the first part, and ends the answer where nobody reads on", async () => {
    const { context, stderr, said } = shell();
    const first = Promise.withResolvers<string>();
    let ended = false;
    async function* parts() {
      try {
        yield await first.promise;
        yield "b";
      } finally {
        ended = true;
      }
    }
    stderr.once("readable", () => first.resolve("a"));
    for await (const part of heardParts(parts(), context, 1)) {
      assert.equal(part, "a");
      break;
    }
    assert.equal(said(), sentence);
    assert.ok(ended);
  });
});
