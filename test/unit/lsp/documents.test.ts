import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { Documents } from "../../../server/lsp/documents.ts";

const uri = "file:///a";
const text = fc
  .array(fc.constantFrom("a", "é", "中", "𝄞", "\n", "\r\n", " "), { maxLength: 30 })
  .map((parts) => parts.join(""));
/** Lines are split as the protocol says; a place is a line and an offset in its bytes or units. */
const change = fc.record({ from: fc.nat(), to: fc.nat(), text });

describe("the open documents", () => {
  for (const encoding of ["utf-16", "utf-8"] as const) {
    it(`are what the client has after any changes, in ${encoding}`, () => {
      fc.assert(
        fc.property(text, fc.array(change, { maxLength: 6 }), (start, changes) => {
          const documents = new Documents();
          documents.open(uri, "x", 1, start);
          let expected = start;
          const wire = changes.map(({ from, to, text: inserted }) => {
            const places = characterStarts(expected);
            const [a = 0, b = 0] = [places[from % places.length], places[to % places.length]].sort(
              (x = 0, y = 0) => x - y,
            );
            const range = { start: place(expected, a, encoding), end: place(expected, b, encoding) };
            expected = expected.slice(0, a) + inserted + expected.slice(b);
            return { range, text: inserted };
          });
          const applied = documents.change(uri, 2, wire, encoding);
          assert.equal(documents.get(uri)?.text, expected);
          assert.equal(applied?.snapshot.version, 2);
        }),
      );
    });
  }

  it("ignore a change of one that is not open", () =>
    assert.equal(new Documents().change(uri, 2, [{ text: "x" }], "utf-16"), undefined));
});

function place(document: string, offset: number, encoding: "utf-8" | "utf-16") {
  const lines = document.slice(0, offset).split("\n");
  const last = lines.at(-1) ?? "";
  return { line: lines.length - 1, character: encoding === "utf-8" ? Buffer.byteLength(last) : last.length };
}

/** Every offset that splits neither a character nor a CRLF. */
function characterStarts(document: string): readonly number[] {
  const starts = [0];
  for (const [part] of document.matchAll(/\r\n|./gsu)) starts.push((starts.at(-1) ?? 0) + part.length);
  return starts;
}
