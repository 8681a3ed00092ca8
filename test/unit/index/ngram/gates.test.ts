import assert from "node:assert/strict";
import { Gates, gateFor, type Rehearsal, startingGate } from "../../../../server/index/ngram/gates.ts";
import { lineEnds } from "../../../../server/index/ngram/rehearsal.ts";

/** `right` of `count` guesses at this confidence are right, the right ones first. */
function at(confidence: number, right: number, count: number): Rehearsal[] {
  return Array.from({ length: count }, (_, i) => ({ confidence: confidence - i * 1e-6, right: i < right }));
}

describe("gates", () => {
  it("open as far as enough guesses are right", () => {
    const gate = gateFor([...at(0.9, 20, 20), ...at(0.6, 15, 20), ...at(0.3, 2, 40)]);
    assert.ok(gate > 0.25 && gate < 0.6, `${gate}`);
  });

  it("stay nearly shut where guesses are wrong", () => assert.equal(gateFor(at(0.9, 0, 50)), 0.8));

  it("never open for guesses without confidence", () => assert.equal(gateFor(at(0.1, 50, 50)), 0.2));

  it("are the starting gate until there is enough to go by", () => {
    const gates = new Gates();
    gates.calibrate("go", at(0.9, 29, 29));
    assert.equal(gates.of("go"), startingGate);
    gates.calibrate("go", at(0.9, 30, 30));
    assert.notEqual(gates.of("go"), startingGate);
    assert.deepEqual(Object.keys(gates.all()), ["*", "go"]);
  });

  it("are rehearsed with line ends whose text comes together again", () => {
    const text = "// a comment of some length\nconst a = call(1);\r\n\n  return first(a, b);\n";
    const cases = lineEnds(text, 10);
    assert.equal(cases.length, 2);
    for (const { text: cut, offset, expected } of cases) {
      assert.equal(cut.slice(0, offset) + expected + cut.slice(offset), text);
      assert.ok(!expected.includes("comment") && expected.length >= 4);
    }
  });
});
