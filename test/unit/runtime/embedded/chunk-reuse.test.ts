import assert from "node:assert/strict";
import fc from "fast-check";
import type { Token } from "node-llama-cpp";
import { findMovedChunk, smallestChunk } from "../../../../server/runtime/embedded/chunk-reuse.ts";

const tokens = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => (from + i) as Token);

describe("a part of a prompt that has moved", () => {
  const cases: readonly (readonly [
    title: string,
    held: Token[],
    wanted: Token[],
    from: number,
    found: unknown,
  ])[] = [
    ["is found behind what left", tokens(0, 200), [...tokens(0, 5), ...tokens(50, 200)], 5, [50, 200]],
    [
      "ends where the prompt goes on otherwise",
      tokens(0, 200),
      [...tokens(0, 5), ...tokens(50, 150), ...tokens(900, 950)],
      5,
      [50, 150],
    ],
    ["is none when it is short", tokens(0, 90), [...tokens(0, 5), ...tokens(30, 90)], 5, undefined],
    ["is none when it moved back", tokens(50, 200), tokens(0, 200), 0, undefined],
    ["is none in an empty cache", [], tokens(0, 200), 0, undefined],
  ];
  for (const [title, held, wanted, from, found] of cases) {
    it(title, () => {
      const chunk = findMovedChunk(held, wanted, from);
      assert.deepEqual(chunk && [chunk.start, chunk.end], found);
    });
  }

  it("is the same tokens in both, and long enough", () => {
    const few = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 300 });
    fc.assert(
      fc.property(few, few, fc.nat(20), (held, wanted, from) => {
        const chunk = findMovedChunk(held as Token[], wanted as Token[], from);
        if (!chunk) return;
        assert.ok(chunk.start > from && chunk.end - chunk.start >= smallestChunk);
        assert.deepEqual(
          held.slice(chunk.start, chunk.end),
          wanted.slice(from, from + chunk.end - chunk.start),
        );
      }),
    );
  });
});
