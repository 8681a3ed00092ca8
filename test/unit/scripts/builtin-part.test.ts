/** What stands first on the page of `npm start`. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { otherSilences, showpieceFirst } from "../../../scripts/start/builtin-part.ts";
import { english } from "../../../server/base/l10n.ts";
import { Snapshot } from "../../../server/text/snapshot.ts";

/** A text offered for a line that is typed up to `before`. */
function result(before: string, text: string, written = text) {
  const snapshot = new Snapshot("file:///a.ts", "typescript", 1, `\n${before}\n`);
  return { text, place: { path: "a.ts", offset: before.length + 1, snapshot, written } };
}

describe("showpieceFirst", () => {
  const header = result("fail(", "({");
  const short = result("readonly a", ": A;");
  const long = result("readonly suffix", ": string;");
  const wrong = result("const somethingMuchLonger", " = 1;", " = 2;");
  const rows = [
    [
      "the longest statement, before what is surer",
      [header, short, wrong, long],
      [long, header, short, wrong],
    ],
    ["the surest where no statement was right", [header, wrong], [header, wrong]],
    ["nothing of nothing", [], []],
  ] as const;
  for (const [what, surest, expected] of rows) {
    it(what, () => assert.deepEqual(showpieceFirst<ReturnType<typeof result>>(surest), expected));
  }
});

describe("otherSilences", () => {
  it("counts what was not for want of sureness, the most frequent first", () => {
    const silent = ["unsure", "blank", "failed", "duplicate", "unsure", "duplicate"] as const;
    assert.equal(
      otherSilences(silent, english),
      "what would be added stands there already (2), nothing to add here (1), it failed (1)",
    );
    assert.equal(otherSilences(["unsure"], english), "");
  });
});
