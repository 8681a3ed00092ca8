/** Stop strings in a stream: however the text is split, the result is that of the whole text. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { StopMatcher } from "../../../server/runtime/embedded/stop-matcher.ts";

function run(stops: readonly string[], chunks: readonly string[]): { shown: string; stopped: boolean } {
  const matcher = new StopMatcher(stops);
  let shown = "";
  for (const chunk of chunks) {
    const { text, stopped } = matcher.push(chunk);
    shown += text;
    if (stopped) return { shown, stopped };
  }
  return { shown: shown + matcher.flush(), stopped: false };
}

describe("stop strings", () => {
  const cases: readonly (readonly [stops: string[], chunks: string[], shown: string, stopped: boolean])[] = [
    [[], ["abc"], "abc", false],
    [["b"], ["abc"], "a", true],
    [["bc"], ["ab", "cd"], "a", true],
    [["bc"], ["ab", "bd"], "abbd", false],
    [["aab"], ["a", "a", "a", "b"], "a", true],
    [["xyz", "y"], ["x", "y", "z"], "x", true],
    [["end"], ["the e", "n"], "the en", false],
    [[""], ["abc"], "abc", false],
  ];
  for (const [stops, chunks, shown, stopped] of cases) {
    it(`${JSON.stringify(stops)} in ${JSON.stringify(chunks)}`, () =>
      assert.deepEqual(run(stops, chunks), { shown, stopped }));
  }

  it("does not depend on how the text is split when there is one stop", () => {
    const letters = fc.stringMatching(/^[ab]{0,12}$/);
    fc.assert(
      fc.property(letters, fc.stringMatching(/^[ab]{1,4}$/), fc.array(fc.nat(12)), (text, stop, cuts) => {
        const places = [...new Set(cuts.map((cut) => Math.min(cut, text.length)))].toSorted((a, b) => a - b);
        const chunks = [0, ...places].map((from, index) => text.slice(from, places[index] ?? text.length));
        const at = text.indexOf(stop);
        assert.deepEqual(run([stop], chunks), { shown: at < 0 ? text : text.slice(0, at), stopped: at >= 0 });
      }),
    );
  });
});
