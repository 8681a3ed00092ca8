import assert from "node:assert/strict";
import { earlyStop } from "../../../../server/features/completion/early-stop.ts";
import { shownPlace } from "../../../../server/features/completion/shown-place.ts";
import { cursorText } from "../../../support/cursor-text.ts";

/** `answer` holds `|` where it must end; without one it must be allowed to go on. */
function check(marked: string, answer: string): void {
  const { snapshot, offset } = cursorText(marked);
  const text = answer.replace("|", "");
  const stop = earlyStop(text, shownPlace(snapshot, offset, []));
  const end = answer.indexOf("|");
  assert.equal(stop?.at, end < 0 ? undefined : end);
}

describe("earlyStop", () => {
  it("ends a statement at its line", () => check("const a = $0", "1;|\nconst b = 2;"));
  it("takes a line break before the text as its start", () => check("foo()$0", "\n  .bar()|\n  .baz()"));
  it("lets an unfinished line go on", () => check("const a = $0", "fun"));
  it("does not split a CRLF", () => check("const a = $0", "1;|\r\nnext"));
  it("does not end at // or a blank line", () => check("if (x) {$0", "\n  // why\n\n  y();\n"));
  it("includes the line that closes what the cursor's line opened", () =>
    check("if (x) {$0", "\n  y();\n}|\nz();"));
  it("leaves the closer that stands below", () => check("if (x) {$0\n}", "\n  y();|\n}\nz();"));
  it("ends at dedent", () => check("def f():\n    $0", "return 1|\nprint(2)\n"));
  it("keeps one block on an empty line going", () => check("{\n  $0", "a();\n  b();\n  c"));
  it("ends at the first line that the file has next", () =>
    check("{\n  $0\n  last();\n}", "first();|\n  last();\n"));
  it("ends a loop within a line, and keeps its part once", () => {
    check("return $0", "0, second: number|, second: number, second: number");
    check("{\n  $0", "a();\n  f(name, value, |name, value, name, value, ");
  });
  it("lets short parts and marks repeat themselves", () => {
    check("const a = [$0", "0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0");
    check("// $0", "----------------------------------");
  });
  it("ends a loop", () => check("{\n  $0", "a.push(1);\n  a.push(1);\n  a.push(1);|\n  a.push(1);\n"));
});
