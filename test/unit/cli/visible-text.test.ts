/** Nothing in a file or an answer moves the cursor of a terminal, changes its colours or hides. */

import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { textWidth, visibleText } from "../../../server/cli/visible-text.ts";

describe("visibleText", () => {
  const check = (text: string, shown: string) => assert.equal(visibleText(text), shown);

  it("shows an escape sequence", () => check("a\u001b[31mb", "a\\u{1b}[31mb"));
  it("shows what reorders", () => check("a\u202eb", "a\\u{202e}b"));
  it("shows what is invisible", () => check("a\u200bb\u{e0041}", "a\\u{200b}b\\u{e0041}"));
  it("shows half a character", () => check("a\ud83db", "a\\u{d83d}b"));
  it("widens tabs and keeps lines", () => check("a\r\n\tb\r", "a\n    b\\u{d}"));
  it("keeps emoji and Chinese", () => check("好👍🏽", "好👍🏽"));
  it("leaves no control behind, whatever comes", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        (text) => !/[^\n\P{Cc}]|[\u202a-\u202e]/u.test(visibleText(text)),
      ),
    );
  });
});

describe("textWidth", () => {
  for (const [text, width] of [
    ["abc", 3],
    ["好的", 4],
    ["é", 1],
    ["e\u0301", 1],
    ["👍🏽", 2],
    ["：", 2],
    ["", 0],
  ] as const) {
    it(`${JSON.stringify(text)} takes ${width}`, () => assert.equal(textWidth(text), width));
  }
});
