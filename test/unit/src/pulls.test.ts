/** The downloads of a window: one at a time of each model, told as they go, ended as a value. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { PullResult } from "../../../server/protocol/models.ts";
import { Pulls } from "../../../src/setup/pulls.ts";
import { translate } from "../../support/translate.ts";

/** A server that fetches when it is told to. */
function setUp() {
  const asked: { readonly name: string; readonly signal: AbortSignal }[] = [];
  const answers: PromiseWithResolvers<PullResult>[] = [];
  let changes = 0;
  const pulls = new Pulls({
    pull: (name, signal) => {
      const answer = Promise.withResolvers<PullResult>();
      signal.addEventListener("abort", () => answer.reject(new Error("cancelled")));
      asked.push({ name, signal });
      answers.push(answer);
      return answer.promise;
    },
    onChange: () => {
      changes += 1;
    },
    log: () => {},
    t: translate,
  });
  return { pulls, asked, answers, changes: () => changes };
}

describe("the downloads of a window", () => {
  it("are one for each model, however often it is asked for", async () => {
    const { pulls, asked, answers } = setUp();
    const both = [pulls.run("a"), pulls.run("a")];
    assert.equal(asked.length, 1);
    assert.ok(pulls.has("a"));
    answers[0]?.resolve({ outcome: "fetched", model: "embedded/a" });
    assert.deepEqual(
      (await Promise.all(both)).map(({ outcome }) => outcome),
      ["fetched", "fetched"],
    );
    assert.deepEqual(pulls.running, []);
    assert.ok(!pulls.has("a"));
  });

  it("say how far they are, and only those that run", () => {
    const { pulls, changes } = setUp();
    void pulls.run("a");
    assert.deepEqual(pulls.running, [{ name: "a", share: undefined, text: "" }]);
    const progress = { phase: "fetching", bytes: 1, total: 4, text: "25 %" } as const;
    pulls.progressed({ ...progress, name: "a" });
    pulls.progressed({ ...progress, name: "other" });
    assert.deepEqual(pulls.running, [{ name: "a", share: 0.25, text: "25 %" }]);
    pulls.progressed({ name: "a", phase: "waiting", bytes: 0, total: 0, text: "Waiting" });
    assert.deepEqual(pulls.running, [{ name: "a", share: undefined, text: "Waiting" }]);
    assert.equal(changes(), 3);
  });

  it("end at once when they are cancelled", async () => {
    const { pulls, asked } = setUp();
    const result = pulls.run("a");
    pulls.cancel("a");
    assert.deepEqual(await result, { outcome: "cancelled" });
    assert.ok(asked[0]?.signal.aborted);
  });

  it("end with a reason when the server ends, and can begin again", async () => {
    const { pulls, asked, answers } = setUp();
    const result = pulls.run("a");
    answers[0]?.reject(new Error("the connection closed"));
    const { outcome, error } = await result;
    assert.deepEqual([outcome, error?.code], ["failed", "server"]);
    void pulls.run("a");
    assert.equal(asked.length, 2);
  });
});
