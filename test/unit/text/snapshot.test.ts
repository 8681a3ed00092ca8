import assert from "node:assert/strict";
import fc from "fast-check";
import { Snapshot } from "../../../server/text/snapshot.ts";

const of = (text: string) => new Snapshot("file:///a", "plaintext", 1, text);
const anyText = fc
  .array(fc.constantFrom("a", "é", "😀", "\ud83d", "\n", "\r\n", "\r", " "), { maxLength: 30 })
  .map((pieces) => pieces.join(""));

describe("Snapshot", () => {
  const eols = [
    ["", "\n"],
    ["a\nb", "\n"],
    ["a\r\nb\r\nc\n", "\r\n"],
    ["a\nb\r\nc\n", "\n"],
  ] as const;
  for (const [text, eol] of eols) {
    it(`finds the line break of ${JSON.stringify(text)}`, () => assert.equal(of(text).eol, eol));
  }

  it("clamps positions as LSP says", () => {
    const snapshot = of("ab\r\ncd");
    assert.equal(snapshot.offsetAt({ line: 0, character: 99 }), 2);
    assert.equal(snapshot.offsetAt({ line: 9, character: 0 }), 6);
    assert.equal(snapshot.contains({ line: 0, character: 3 }), false);
    assert.equal(snapshot.contains({ line: 1, character: 2 }), true);
    assert.equal(snapshot.contains({ line: 2, character: 0 }), false);
  });

  it("applies changes one after the other, each to the result of the last", () => {
    const range = (line: number, from: number, to: number) => ({
      start: { line, character: from },
      end: { line, character: to },
    });
    const changed = of("one\ntwo").with(2, [
      { range: range(0, 0, 3), text: "1\n1.5" },
      { range: range(2, 3, 3), text: "!" },
    ]);
    assert.equal(changed.text, "1\n1.5\ntwo!");
    assert.equal(changed.version, 2);
    assert.equal(changed.with(3, ["whole"]).text, "whole");
  });

  it("maps every offset to a position and back", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const snapshot = of(text);
        for (let offset = 0; offset <= text.length; offset++) {
          const position = snapshot.positionAt(offset);
          const between = text[offset - 1] === "\r" && text[offset] === "\n";
          assert.equal(snapshot.offsetAt(position), between ? offset - 1 : offset);
        }
      }),
    );
  });

  it("holds exactly the text, line by line", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const snapshot = of(text);
        const lines = Array.from({ length: snapshot.lineCount }, (_, line) => snapshot.lineText(line));
        assert.deepEqual(lines, text.split(/\r\n|\n|\r/));
      }),
    );
  });

  it("has after any changes the lines of a text made anew", () => {
    const change = fc.record({ from: fc.nat(40), to: fc.nat(40), text: anyText });
    fc.assert(
      fc.property(anyText, fc.array(change, { maxLength: 5 }), (text, changes) => {
        let snapshot = of(text);
        for (const { from, to, text: inserted } of changes) {
          const [start, end] = [Math.min(from, to), Math.max(from, to)].map((at) => snapshot.positionAt(at));
          if (!start || !end) return;
          snapshot = snapshot.with(2, [{ range: { start, end }, text: inserted }]);
          const fresh = of(snapshot.text);
          const starts = (each: Snapshot) =>
            Array.from({ length: each.lineCount }, (_, line) => each.lineStart(line));
          assert.deepEqual(starts(snapshot), starts(fresh));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
