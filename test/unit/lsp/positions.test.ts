import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  chooseEncoding,
  fromWire,
  type PositionEncoding,
  toWire,
} from "../../../server/lsp/convert/positions.ts";
import { Snapshot } from "../../../server/text/snapshot.ts";

describe("positions on the wire", () => {
  /** `line` with `$0` at the place; `character` is what the wire says of it. */
  function check(line: string, encoding: PositionEncoding, character: number): void {
    const place = line.indexOf("$0");
    const snapshot = new Snapshot("file:///a", "x", 1, `first\n${line.replace("$0", "")}\nlast`);
    assert.deepEqual(toWire(snapshot, { line: 1, character: place }, encoding), { line: 1, character });
    assert.deepEqual(fromWire(snapshot, { line: 1, character }, encoding), { line: 1, character: place });
  }

  it("are UTF-16 units unless agreed otherwise", () => check("aé𝄞$0", "utf-16", 4));
  it("count bytes of ASCII", () => check("abc$0d", "utf-8", 3));
  it("count bytes of two, three and four", () => check("é中𝄞$0x", "utf-8", 9));
  it("count a lone surrogate as the three bytes it travels as", () => check("\ud800$0x", "utf-8", 3));
  it("count combining characters by themselves", () => check("e\u0301$0", "utf-8", 3));
  it("count a joined emoji by its parts", () => check("👩‍💻$0", "utf-8", 11));

  it("move to the start of a character that they would split", () => {
    const snapshot = new Snapshot("file:///a", "x", 1, "a𝄞b");
    for (const character of [1, 2, 3, 4]) {
      assert.equal(fromWire(snapshot, { line: 0, character }, "utf-8").character, 1);
    }
    assert.equal(toWire(snapshot, { line: 0, character: 2 }, "utf-8").character, 1);
  });

  it("beyond a line's end are its end", () => {
    const snapshot = new Snapshot("file:///a", "x", 1, "é\nx");
    assert.deepEqual(fromWire(snapshot, { line: 0, character: 99 }, "utf-8"), { line: 0, character: 1 });
  });

  it("agree with the bytes that Node writes, and come back", () => {
    const unit = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("é", "中", "𝄞", "\ud800", "\udc00"));
    const line = fc.array(unit, { maxLength: 20 }).map((parts) => parts.join("").replace(/[\r\n]/g, ""));
    fc.assert(
      fc.property(line, fc.nat(), (text, seed) => {
        const starts = [...characterStarts(text), text.length];
        const character = starts[seed % starts.length] ?? 0;
        const snapshot = new Snapshot("file:///a", "x", 1, text);
        const wire = toWire(snapshot, { line: 0, character }, "utf-8");
        assert.equal(wire.character, Buffer.byteLength(text.slice(0, character)));
        assert.equal(fromWire(snapshot, wire, "utf-8").character, character);
      }),
    );
  });
});

describe("the position encoding", () => {
  function check(offered: readonly string[] | undefined, chosen: PositionEncoding): void {
    assert.equal(chooseEncoding(offered), chosen);
  }
  it("is UTF-16 for a client that says nothing", () => check(undefined, "utf-16"));
  it("is UTF-16 for a client that offers what nobody knows", () => check(["utf-32"], "utf-16"));
  it("is the client's first choice", () => check(["utf-8", "utf-16"], "utf-8"));
  it("is the client's first choice that is known", () => check(["utf-32", "utf-16", "utf-8"], "utf-16"));
});

function characterStarts(text: string): readonly number[] {
  let index = 0;
  return [...text].map((character) => {
    const start = index;
    index += character.length;
    return start;
  });
}
