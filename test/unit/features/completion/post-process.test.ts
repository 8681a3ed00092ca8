import assert from "node:assert/strict";
import fc from "fast-check";
import { postProcess } from "../../../../server/features/completion/post-process.ts";
import { shownPlace } from "../../../../server/features/completion/shown-place.ts";
import { fimFamilies, fimStops } from "../../../../server/model/fim.ts";
import { cursorText } from "../../../support/cursor-text.ts";

function shown(marked: string, answer: string) {
  const { snapshot, offset } = cursorText(marked);
  return postProcess(answer, shownPlace(snapshot, offset, fimStops(fimFamilies.qwen)));
}

const check = (marked: string, answer: string, text: string) =>
  assert.deepEqual(shown(marked, answer), { kind: "text", text });
const refuses = (marked: string, answer: string, reason: string) =>
  assert.deepEqual(shown(marked, answer), { kind: "refused", reason });

describe("postProcess", () => {
  it("leaves a plain answer alone", () => check("return $0", "x + 1;", "x + 1;"));
  it("keeps the bracket that the editor closed", () => check("add(1, $0)", "2)", "2"));
  it("keeps a bracket pair of its own", () => check("f($0)", "g(1)", "g(1)"));
  it("keeps one of two closing brackets", () => check("f($0)", "g(1))", "g(1)"));
  it("knows two closers", () => check("call([$0])", "1, 2])", "1, 2"));
  it("knows the closing quote", () => check('import "$0"', 'node:fs"', "node:fs"));
  it("stops where the rest of the line begins", () => check("const x = $0 + total;", "sum + total;", "sum"));
  it("drops white space at the end", () => check("a = $0", "1;\n  ", "1;"));
  it("ends at a control token spelt out", () => check("a = $0", "1;<|fim_middle|>2", "1;"));
  it("leaves another family's token in code alone", () => check("a = $0", '"<file_sep>"', '"<file_sep>"'));
  it("takes the file's line ends", () => check("{\r\n  $0\r\n}", "a;\n  b;", "a;\r\n  b;"));
  it("refuses a blank answer", () => refuses("a$0", " \n ", "blank"));
  it("refuses the line below again", () => refuses("  $0\n  return x;", "return x;", "duplicate"));
  it("refuses bidirectional controls", () => refuses("a = $0", "1; // \u202E evil", "hidden-characters"));
  it("refuses tag characters", () => refuses("a = $0", "1;\u{E0041}", "hidden-characters"));
  it("refuses the value of what is named a secret, its quotes with it", () =>
    refuses("const password = $0", '"letmein";', "secret"));
  it("refuses a secret", () =>
    refuses("const key = $0", `"ghp_${"a1B2c3D4e5".repeat(4).slice(0, 36)}";`, "secret"));

  it("never adds characters of its own but line ends", () => {
    const piece = fc.constantFrom("a", "(", ")", "]", '"', ";", " ", "\n", "\r\n", "{", "}");
    const textOf = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(textOf, textOf, textOf, (before, after, answer) => {
        const result = shown(`${before}$0${after}`, answer);
        if (result.kind === "text") {
          const flat = (text: string) => text.replaceAll("\r", "");
          assert.ok(flat(answer.replaceAll("\r\n", "\n")).startsWith(flat(result.text)));
        }
      }),
    );
  });
});
