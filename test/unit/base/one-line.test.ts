/** Words of others in a line of ours. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { english } from "../../../server/base/l10n.ts";
import { oneLine } from "../../../server/base/one-line.ts";

describe("words of others", () => {
  const rows: readonly (readonly [words: string, shown: string])[] = [
    ["apache-2.0", "apache-2.0"],
    ["千问", "千问"],
    ["r1\nFAKE: all good", "r1\\u{a}FAKE: all good"],
    ["a\r\nb\tc", "a\\u{d}\\u{a}b\\u{9}c"],
    ["\u001b[31mred\u0085\u2028x", "\\u{1b}[31mred\\u{85}\\u{2028}x"],
  ];
  for (const [words, shown] of rows)
    it(JSON.stringify(words), () => {
      assert.equal(oneLine(words), shown);
      assert.equal(english.t("Licence: {0}", words), `Licence: ${shown}`);
    });

  it("are cut where they have no end", () => assert.equal(oneLine("A".repeat(300_000), 5), "AAAAA…"));
});
