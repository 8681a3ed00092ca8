/** Hidden characters of a stream, shown the same however it is cut. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { hiddenCharacters } from "../../../server/security/hidden-characters.ts";
import { HiddenShower } from "../../../server/security/hidden-shower.ts";

function shown(...parts: readonly string[]): string {
  const shower = new HiddenShower();
  return parts.map((part) => shower.show(part)).join("");
}

describe("hidden characters in a stream", () => {
  const cases: readonly (readonly [parts: readonly string[], shown: string])[] = [
    [["const a = 1;\n\tb"], "const a = 1;\n\tb"],
    [["a\u202eb"], "a\\u{202e}b"],
    [["\u{e0041}"], "\\u{e0041}"],
    [["a\r\nb\r", "\nc"], "a\nb\nc"],
    [["❤\ufe0f"], "❤\ufe0f"],
    [["❤", "\ufe0f"], "❤\ufe0f"],
    [["a", "\ufe0f"], "a\\u{fe0f}"],
    [["😀", "", "\ufe0f"], "😀\ufe0f"],
    [["\u001b[31m"], "\\u{1b}[31m"],
  ];
  for (const [parts, expected] of cases) {
    it(`shows ${JSON.stringify(parts)} as ${JSON.stringify(expected)}`, () =>
      assert.equal(shown(...parts), expected));
  }

  it("shows the same wherever the stream is cut, and nothing hidden", () => {
    const characters = fc.constantFrom(
      ..."a \n\t\r",
      "😀",
      "❤",
      "\ufe0f",
      "\u200d",
      "\u202e",
      "\u{e0041}",
      "中",
    );
    fc.assert(
      fc.property(fc.array(characters), (all) => {
        const whole = shown(all.join(""));
        assert.equal(shown(...all), whole);
        assert.doesNotMatch(whole, hiddenCharacters);
      }),
    );
  });
});
