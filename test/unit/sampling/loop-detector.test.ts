/** Loops are found within three copies, and good code is never taken for one. */

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { LoopDetector } from "../../../server/sampling/loop-detector.ts";

const files = globSync("{server,src,scripts,bench,test}/**/*.{ts,json,md,css}", {
  exclude: ["test/fixtures/**"],
});
const sources = files.map((path) => readFileSync(path, "utf8")).filter(({ length }) => length < 200_000);

/** Where the loop was found, in characters; undefined when none was. */
function foundAt(text: string, tokenLength: number): number | undefined {
  const detector = new LoopDetector();
  for (let at = 0; at < text.length; at += tokenLength)
    if (detector.push(text.slice(at, at + tokenLength))) return at + tokenLength;
  return undefined;
}

describe("the loop detector", () => {
  it("takes no file of this repository for a loop, token by token", () => {
    assert.ok(sources.length > 300, "there are files");
    const alarms = sources.map((text, index) => [files[index], foundAt(text, 4)]).filter(([, at]) => at);
    assert.deepEqual(alarms, []);
  });

  it("takes every one of them for a loop where one is planted at its end: control", () => {
    const planted = "\nexport const value = compute(value);".repeat(3);
    const missed = sources.filter((text) => foundAt(`${text}${planted}\n;`, 4) === undefined);
    assert.equal(missed.length, 0);
  });

  it("finds every planted loop of n-grams within three copies, and not in the first two", () => {
    const word = fc.stringMatching(/^[a-z]{2,9}$/);
    const mark = fc.constantFrom(" ", ", ", ".", "(", ") ", ";\n  ", "\n", " = ", "。");
    const gram = fc
      .array(fc.tuple(word, mark), { minLength: 4, maxLength: 60 })
      .map((pairs) => pairs.flat().join(""))
      .filter((text) => text.replaceAll(/\s/g, "").length >= 20 && new Set(text).size > 6);
    const before = fc.tuple(fc.constantFrom(...sources), fc.nat(2000));
    fc.assert(
      fc.property(gram, before, fc.integer({ min: 1, max: 7 }), (part, [source, length], tokenLength) => {
        const start = `${source.slice(0, length)}\n§`;
        // What follows the third copy settles its last word.
        const at = foundAt(start + part.repeat(4), tokenLength);
        const [first] = part.trimStart();
        assert.ok(first !== undefined && at !== undefined, JSON.stringify(part));
        const third = start.length + part.length * 3;
        assert.ok(at <= third + part.indexOf(first) + tokenLength, `${at} of ${third}`);
      }),
      { numRuns: 200 },
    );
  });

  const loops: Readonly<Record<string, string>> = {
    "a word": "wait ".repeat(40),
    "a short line": "x;\n".repeat(80),
    "a sentence without spaces": "我们需要再检查一遍这个函数的返回值是否正确，然后再继续。".repeat(3),
    "a word without an end": "abc".repeat(1000),
    "white space": "\n\n".repeat(2000),
    "a number": "0, ".repeat(600),
    "lines that change places": Array.from(
      { length: 40 },
      (_, i) => `Let me check ${"abcd"[(i * i) % 4]} once more.\n`,
    ).join(""),
  };
  for (const [what, text] of Object.entries(loops))
    it(`finds ${what} without end`, () => assert.notEqual(foundAt(text, 3), undefined));

  const good: Readonly<Record<string, string>> = {
    "closing tags": "</div></div></div></div></div></div></div></div>",
    "blocks that end": "end\n    end\n  end\nend\n",
    "a ruled line": `// ${"-".repeat(120)}\n`,
    "a table of zeros": "0, 0, 0, 0, 0, 0, 0, 0,\n".repeat(8),
    "the same twice": "queue.push(next(value));\n".repeat(2),
  };
  for (const [what, text] of Object.entries(good))
    it(`lets ${what} pass`, () => assert.equal(foundAt(text, 3), undefined));

  it("says the same however the text is cut", () => {
    const looping = `${sources[0] ?? ""}\n${"const a = next(a, b, c);\n".repeat(6)}`;
    for (const tokenLength of [1, 2, 5, 11])
      assert.ok(Math.abs((foundAt(looping, tokenLength) ?? 0) - (foundAt(looping, 1) ?? 0)) <= tokenLength);
  });
});
