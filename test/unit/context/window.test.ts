import assert from "node:assert/strict";
import fc from "fast-check";
import { cutWindow } from "../../../server/context/window.ts";
import { Snapshot } from "../../../server/text/snapshot.ts";

/** Four characters a token, rounded up: never fewer for a text than for its parts together less one each. */
const count = (text: string) => Promise.resolve(Math.ceil(text.length / 4));
const lines = (n: number) => Array.from({ length: n }, (_, i) => `const v${i} = ${i};\n`).join("");

function snapshotOf(text: string): Snapshot {
  return new Snapshot("file:///a.ts", "typescript", 1, text);
}

describe("cutWindow", () => {
  it("takes all of a small file", async () => {
    const snapshot = snapshotOf("one\ntwo\n");
    const window = await cutWindow(snapshot, 4, { prefixTokens: 100, suffixTokens: 100 }, count);
    assert.equal(window.prefix, "one\n");
    assert.equal(window.suffix, "two\n");
    assert.deepEqual(window.cut, { before: false, after: false });
  });

  it("begins at a block boundary, which stays while a line is typed", async () => {
    const text = lines(400);
    const budget = { prefixTokens: 500, suffixTokens: 20 };
    const first = await cutWindow(snapshotOf(text), text.length, budget, count);
    const later = await cutWindow(snapshotOf(`${text}const`), text.length + 5, budget, count);
    assert.equal(first.startLine % 32, 0);
    assert.ok(first.startLine > 0);
    assert.equal(later.startLine, first.startLine);
  });

  it("cuts inside a line that alone is too long, never inside a character", async () => {
    const text = "x = '" + "😀".repeat(5000);
    const window = await cutWindow(
      snapshotOf(text),
      text.length,
      { prefixTokens: 50, suffixTokens: 0 },
      count,
    );
    assert.ok(window.prefixTokens <= 50 && window.prefixTokens > 30);
    assert.ok(window.prefix.isWellFormed());
  });

  it("keeps the budget and the neighbourhood of the cursor, whatever the text", async () => {
    const line = fc.string({ unit: "binary", maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 120 }),
        fc.nat(),
        fc.nat(200),
        fc.nat(100),
        async (parts, at, prefixTokens, suffixTokens) => {
          const snapshot = snapshotOf(parts.join("\n"));
          const offset = snapshot.text.length === 0 ? 0 : at % (snapshot.text.length + 1);
          const window = await cutWindow(snapshot, offset, { prefixTokens, suffixTokens }, count);
          assert.ok(window.prefixTokens <= prefixTokens);
          assert.ok(window.suffixTokens <= suffixTokens);
          assert.ok(snapshot.text.slice(0, offset).endsWith(window.prefix));
          assert.ok(snapshot.text.slice(offset).startsWith(window.suffix));
        },
      ),
    );
  });
});
