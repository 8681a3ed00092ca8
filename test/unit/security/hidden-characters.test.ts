import assert from "node:assert/strict";
import { hiddenCharacters } from "../../../server/security/hidden-characters.ts";

describe("hidden characters", () => {
  const hidden: Readonly<Record<string, readonly (number | readonly [number, number])[]>> = {
    "controls that move the cursor": [0, 0x08, 0x0b, 0x0c, 0x0d, 0x1b, 0x7f, [0x80, 0x9f]],
    "bidirectional controls": [0x061c, 0x200e, 0x200f, [0x202a, 0x202e], [0x2066, 0x2069]],
    "zero-width characters": [0x200b, 0x200c, 0x200d, [0x2060, 0x2064], 0xfeff, 0x034f, 0x180e],
    "fillers that look like nothing": [0x00ad, 0x115f, 0x1160, 0x3164, 0xffa0],
    "separators of lines and paragraphs": [0x2028, 0x2029],
    "tag characters": [[0xe0000, 0xe007f]],
    "variation selectors": [
      [0xfe00, 0xfe0f],
      [0xe0100, 0xe01ef],
    ],
    "annotation marks": [[0xfff9, 0xfffb]],
    "lone surrogates": [0xd800, 0xdfff],
  };
  for (const [name, ranges] of Object.entries(hidden)) {
    it(`are ${name}`, () => {
      for (const range of ranges) {
        const [first, last] = typeof range === "number" ? [range, range] : range;
        for (let code = first; code <= last; code++) {
          const text = `a${String.fromCodePoint(code)}b`;
          assert.ok(hiddenCharacters.test(text), `U+${code.toString(16)}`);
        }
      }
    });
  }

  const seen = [
    "",
    "const a = 1;\n\treturn a;\n",
    "名前 ñ é ü ß",
    "😀 👍🏽",
    "❤\ufe0f 1\ufe0f\u20e3",
    "a\u00a0b",
    "e\u0301",
  ];
  for (const text of seen)
    it(`are not in ${JSON.stringify(text)}`, () => assert.ok(!hiddenCharacters.test(text)));

  it("are asked about without a memory", () => assert.equal(hiddenCharacters.flags, "u"));
});
