/** The places of `npm start`: chosen the same every time, and worth completing. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { choosePlaces } from "../../../scripts/start/places.ts";

const text = `/** A comment with several words. */
import { something } from "elsewhere.ts";

export function add(first: number, second: number): number {
  // another comment with words
  return first + second;
}
`;
const file = { path: "a.ts", uri: "file:///a.ts", languageId: "typescript", text };

describe("choosePlaces", () => {
  it("takes the same places every time", () =>
    assert.deepEqual(choosePlaces([file], 5), choosePlaces([file], 5)));
  it("takes as many as there are when they are fewer", () => {
    const places = choosePlaces([file], 1000);
    assert.ok(places.length > 5 && places.length < 50);
  });
  it("cuts the rest of a line of code, and nothing else", () => {
    for (const { offset, snapshot, written } of choosePlaces([file], 8)) {
      assert.equal(snapshot.text.slice(0, offset) + written + snapshot.text.slice(offset), text);
      assert.match(written, /^[^\n]{4,}$/);
      assert.match(text.slice(0, offset).split("\n").at(-1) ?? "", /^(export|  return)/);
    }
  });
});
