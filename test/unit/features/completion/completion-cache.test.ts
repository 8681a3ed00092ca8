import assert from "node:assert/strict";
import { CompletionCache } from "../../../../server/features/completion/completion-cache.ts";
import { cursorText } from "../../../support/cursor-text.ts";

function check(asked: string, answer: string, now: string, expected: string | undefined): void {
  const cache = new CompletionCache();
  cache.add(cursorText(asked), answer);
  assert.equal(cache.find(cursorText(now)), expected);
}

describe("CompletionCache", () => {
  it("finds the same place", () => check("a = $0;", "b + c", "a = $0;", "b + c"));
  it("shows what is left while it is typed", () => check("a = $0;", "b + c", "a = b +$0;", " c"));
  it("does not fit once something else was typed", () => check("a = $0;", "b + c", "a = x$0;", undefined));
  it("is used up at its end", () => check("a = $0;", "b", "a = b$0;", undefined));
  it("follows into its second line", () => check("if (a) {$0", "\n  b();\n}", "if (a) {\n  b$0", "();\n}"));
  it("does not fit another suffix", () => check("f($0)", "a", "f($0))", undefined));
  it("does not fit another line above", () => check("x\na = $0", "b", "y\na = $0", undefined));

  it("survives a correction by backspace", () => {
    const cache = new CompletionCache();
    cache.add(cursorText("a = $0;"), "value");
    assert.equal(cache.find(cursorText("a = x$0;")), undefined);
    assert.equal(cache.find(cursorText("a = $0;")), "value");
  });

  it("keeps documents apart", () => {
    const cache = new CompletionCache();
    cache.add(cursorText("a = $0", { uri: "file:///a.ts" }), "1");
    assert.equal(cache.find(cursorText("a = $0", { uri: "file:///b.ts" })), undefined);
  });
});
