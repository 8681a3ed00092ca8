import assert from "node:assert/strict";
import fc from "fast-check";
import { idMask, spaceBit, TokenBuffer, tokenize } from "../../../../server/index/ngram/tokenizer.ts";
import { isBreak, special, Vocabulary } from "../../../../server/index/ngram/vocabulary.ts";
import { code } from "./code-arbitrary.ts";

function tokensOf(text: string): { text: string; start: number; spaced: boolean }[] {
  const vocabulary = new Vocabulary();
  const buffer = new TokenBuffer();
  tokenize(text, vocabulary, buffer);
  return Array.from(buffer.ids.subarray(0, buffer.length), (token, i) => ({
    text: isBreak(token & idMask) ? "\n" : vocabulary.textOf(token & idMask),
    start: buffer.starts[i] ?? -1,
    spaced: (token & spaceBit) !== 0,
  }));
}

describe("tokenizer", () => {
  it("loses nothing but white space, and knows where each token stands", () => {
    fc.assert(
      fc.property(code, (text) => {
        const tokens = tokensOf(text);
        for (const token of tokens) {
          if (token.text !== "\n")
            assert.equal(text.slice(token.start, token.start + token.text.length), token.text);
        }
        assert.equal(
          tokens
            .map((token) => token.text)
            .join("")
            .replace(/\n/g, ""),
          text.replace(/\s/g, ""),
        );
      }),
    );
  });

  const check = (text: string, expected: readonly string[]) =>
    assert.deepEqual(
      tokensOf(text).map((token) => (token.spaced ? " " : "") + token.text),
      expected,
    );

  it("keeps words whole and takes marks one by one", () => {
    check("a.b_c += $d1;", ["a", ".", "b_c", " +", "=", " $d1", ";"]);
  });

  it("joins blank lines with the break before them", () => check("a\n\n  \r\n  b", ["a", "\n", "b"]));

  it("reads letters of every script as words, and ideographic spaces as spaces", () => {
    check("名前\u3000= été", ["名前", " =", " été"]);
  });

  it("tells by the break how the indentation changes", () => {
    const vocabulary = new Vocabulary();
    const buffer = new TokenBuffer();
    tokenize("a\n  b\n  c\nd\n            e\nf", vocabulary, buffer);
    const breaks = Array.from(buffer.ids.subarray(0, buffer.length)).filter(isBreak);
    const { breakIn, breakSame, breakOut, breakFarOut } = special;
    assert.deepEqual(breaks, [breakIn, breakSame, breakOut, breakIn, breakFarOut]);
  });

  it("does not keep what is too long to be a name, nor what it is told to refuse", () => {
    const vocabulary = new Vocabulary({ refuses: (text) => text.startsWith("hunter") });
    const buffer = new TokenBuffer();
    tokenize(`${"x".repeat(65)} hunter2hunter2hunter2`, vocabulary, buffer);
    assert.deepEqual(
      Array.from(buffer.ids.subarray(0, 2), (token) => token & idMask),
      [special.unknown, special.unknown],
    );
  });
});
