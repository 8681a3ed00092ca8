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

  it("stay as they are where no guess is worth a look", () =>
    assert.equal(gateFor(at(0.1, 50, 50)), startingGate));

  /** Guesses of every confidence, each right as often as `truth` says. */
  const guesses = (truth: (confidence: number) => number) =>
    Array.from({ length: 400 }, (_, i) => {
      const confidence = (i % 20) / 20;
      return { confidence, right: Math.floor(i / 20) / 20 < truth(confidence) };
    });
  const shareRight = (truth: (confidence: number) => number) => {
    const all = guesses(truth);
    const shown = all.filter(({ confidence }) => confidence >= gateFor(all));
    return shown.filter(({ right }) => right).length / shown.length;
  };
  const truths: Readonly<Record<string, (confidence: number) => number>> = {
    "what they say": (confidence) => confidence,
    less: (confidence) => confidence ** 2,
    more: (confidence) => Math.sqrt(confidence) * 0.9,
  };
  for (const [name, truth] of Object.entries(truths)) {
    it(`let pass what is right three times in five, where confidences are worth ${name}`, () => {
      const share = shareRight(truth);
      assert.ok(share > 0.56 && share < 0.72, `${share}`);
    });
  }

  it("are hardly opened by a few lucky guesses", () => {
    const gate = gateFor([...at(0.6, 2, 12), ...at(0.35, 3, 3)]);
    assert.ok(gate >= 0.6, `${gate}`);
  });

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
    assert.equal(cases.length, 8);
    assert.equal(lineEnds(text, 3).length, 3);
    for (const { text: cut, offset, expected } of cases) {
      assert.equal(cut.slice(0, offset) + expected + cut.slice(offset), text);
      assert.ok(!expected.includes("comment") && expected.length >= 4);
    }
  });
});
