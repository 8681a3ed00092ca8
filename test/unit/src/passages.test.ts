/** Paragraphs and code of an answer, whole and while it comes. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { passagesOf } from "../../../src/chat/passages.ts";

function check(text: string, expected: readonly (readonly ["prose" | "code", string])[]): void {
  const passages = passagesOf(text, { growing: false });
  assert.deepEqual(
    passages.map(({ kind, text: said }) => [kind, said]),
    expected,
  );
}

describe("the passages of an answer", () => {
  it("are its paragraphs", () =>
    check("\n\na\nb\n\n\nc\n", [
      ["prose", "a\nb"],
      ["prose", "c"],
    ]));

  it("are code between fences, whatever it holds", () =>
    check("Do:\n```ts\na();\n\n~~~\n``\n```\nDone.", [
      ["prose", "Do:"],
      ["code", "a();\n\n~~~\n``"],
      ["prose", "Done."],
    ]));

  it("end a fence by one that is as long, of the same", () =>
    check("````\n```\n~~~~\n`````\nx", [
      ["code", "```\n~~~~"],
      ["prose", "x"],
    ]));

  it("take no code in a line for a fence", () => check("```a``` is b", [["prose", "```a``` is b"]]));

  it("are code to the end where no fence ends it", () => check("```\na", [["code", "a"]]));

  it("grow at the end alone, and not behind what has ended", () => {
    const last = (text: string) => passagesOf(text, { growing: true }).at(-1)?.growing;
    assert.deepEqual(["a", "a\n", "a\n\n", "```\na", "```\na\n```\n", ""].map(last), [
      true,
      true,
      undefined,
      true,
      undefined,
      undefined,
    ]);
  });

  it("that no longer grow stay as they are, whatever comes", () => {
    const pieces = fc.constantFrom("a", " ", "\n", "\n\n", "```", "````ts", "~~~", "<b>");
    fc.assert(
      fc.property(fc.array(pieces), (all) => {
        const whole = passagesOf(all.join(""), { growing: false });
        for (let end = 0; end < all.length; end++) {
          const sofar = passagesOf(all.slice(0, end).join(""), { growing: true });
          const done = sofar.filter(({ growing }) => growing === undefined);
          assert.deepEqual(whole.slice(0, done.length), done);
        }
      }),
    );
  });
});
