import assert from "node:assert/strict";
import fc from "fast-check";
import { ReasoningParser } from "../../../server/model/reasoning.ts";

interface Parsed {
  readonly reasoning: string;
  readonly text: string;
}

function parse(chunks: readonly string[], opened: boolean): Parsed {
  const parser = new ReasoningParser({ opened });
  const parts = [...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()];
  const joined = (kind: string) =>
    parts
      .filter((part) => part.kind === kind)
      .map((part) => part.text)
      .join("");
  return { reasoning: joined("reasoning-delta"), text: joined("text-delta") };
}

function check(stream: string, expected: Parsed, options = { opened: false }): void {
  assert.deepEqual(parse([stream], options.opened), expected);
  assert.deepEqual(parse([...stream], options.opened), expected);
}

describe("ReasoningParser", () => {
  it("separates reasoning from the answer", () =>
    check("<think>plan</think>\n\nAnswer", { reasoning: "plan", text: "Answer" }));
  it("takes a stream without tags as the answer", () =>
    check("Answer <b>", { reasoning: "", text: "Answer <b>" }));
  it("knows that the template held the opening tag", () =>
    check("plan</think>Answer", { reasoning: "plan", text: "Answer" }, { opened: true }));
  it("drops an opening tag that the model repeats", () =>
    check("\n<think>plan</think>Answer", { reasoning: "plan", text: "Answer" }, { opened: true }));
  it("keeps unclosed reasoning as reasoning", () =>
    check("<think>plan and plan", { reasoning: "plan and plan", text: "" }));
  it("keeps a half closing tag at the end as reasoning", () =>
    check("<think>plan</thi", { reasoning: "plan</thi", text: "" }));
  it("never leaks reasoning of a template that opened it and never closed it", () =>
    check("pl<an", { reasoning: "pl<an", text: "" }, { opened: true }));
  it("leaves tags inside the answer alone", () =>
    check("<think>a</think>Use `<think>` and `</think>`.", {
      reasoning: "a",
      text: "Use `<think>` and `</think>`.",
    }));
  it("leaves tags after the first word of an answer alone", () =>
    check("x <think>y</think>", { reasoning: "", text: "x <think>y</think>" }));
  it("drops a second closing tag", () =>
    check("<think>a</think>\n</think>\nAnswer", { reasoning: "a", text: "Answer" }));
  it("has nothing to say about an empty stream", () => check("", { reasoning: "", text: "" }));

  it("gives the same parts however the stream is cut", () => {
    const piece = fc.constantFrom(
      "<think>",
      "</think>",
      "<",
      "/think>",
      "think",
      "\n",
      " ",
      "plan",
      "x",
      "`",
    );
    const stream = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(stream, fc.array(fc.nat(80), { maxLength: 8 }), fc.boolean(), (whole, cuts, opened) => {
        const at = [...new Set(cuts.map((cut) => Math.min(cut, whole.length)))].sort((a, b) => a - b);
        const chunks = [0, ...at].map((start, i) => whole.slice(start, at[i] ?? whole.length));
        assert.deepEqual(parse(chunks, opened), parse([whole], opened));
      }),
    );
  });
});
