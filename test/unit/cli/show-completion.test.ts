/** A completion as a person reads it. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { noPaint } from "../../../server/cli/paint.ts";
import { completedLines, milliseconds } from "../../../server/cli/show-completion.ts";
import { Snapshot } from "../../../server/text/snapshot.ts";

/** `$0` is the cursor in `marked`; a range that reaches behind it is `replaced` characters long. */
function check(marked: string, text: string, expected: readonly string[], replaced = 0): void {
  const offset = marked.indexOf("$0");
  const snapshot = new Snapshot("file:///a.ts", "typescript", 1, marked.replace("$0", ""));
  const range = { start: snapshot.positionAt(offset), end: snapshot.positionAt(offset + replaced) };
  assert.deepEqual(completedLines({ snapshot, range, text }, noPaint), expected);
}

describe("completedLines", () => {
  it("stands between its neighbours, underlined", () =>
    check("one\ntw$0\nthree", "o", ["  1 │ one", "  2 │ two", "    │   ^", "  3 │ three"]));
  it("keeps what follows in the line", () => check("add($0)", "1, 2", ["  1 │ add(1, 2)", "    │     ^^^^"]));
  it("replaces what the range covers", () => check("add($0)", "1)", ["  1 │ add(1)", "    │     ^^"], 1));
  it("marks several lines at their head", () =>
    check("if (a) {$0\nend", "\n  b();\n}", ["+ 1 │ if (a) {", "+   │   b();", "+   │ }", "  2 │ end"]));
  it("underlines behind wide characters", () => check('"好$0', '";', ['  1 │ "好";', "    │    ^^"]));
  it("shows escape sequences instead of obeying them", () =>
    check("$0", "\u001b[2J", ["  1 │ \\u{1b}[2J", "    │ ^^^^^^^^^"]));
});

describe("milliseconds", () => {
  for (const [value, text] of [
    [0.04, "0.0 ms"],
    [9.94, "9.9 ms"],
    [41.4, "41 ms"],
    [1234, "1.2 s"],
  ] as const) {
    it(text, () => assert.equal(milliseconds(value), text));
  }
});
