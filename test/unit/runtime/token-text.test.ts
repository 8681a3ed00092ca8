/** Tokens as text: whatever bytes each token stands for, no character is ever shown in halves. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Token } from "node-llama-cpp";
import { TokenText } from "../../../server/runtime/embedded/token-text.ts";

/** A detokenizer whose tokens are the given pieces of bytes, in order. */
function shown(pieces: readonly Uint8Array[]): readonly string[] {
  const detokenize = (tokens: readonly Token[]) =>
    Buffer.concat(tokens.map((token) => pieces[Number(token)] ?? Buffer.alloc(0))).toString("utf8");
  const text = new TokenText({ detokenize }, []);
  const parts = pieces.map((_, token) => text.push(token as Token));
  return [...parts, text.flush()];
}

describe("the text of tokens", () => {
  it("is that of all tokens together, in whole characters, wherever tokens end", () => {
    const texts = fc.string({ unit: "grapheme", maxLength: 20 }).filter((text) => !text.includes("\uFFFD"));
    fc.assert(
      fc.property(
        texts,
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 20 }),
        (whole, lengths) => {
          const bytes = Buffer.from(whole);
          const pieces: Uint8Array[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const length = lengths[turn % lengths.length] ?? 1;
            pieces.push(bytes.subarray(at, at + length));
            at += length;
          }
          const parts = shown(pieces);
          assert.equal(parts.join(""), Buffer.from(whole).toString("utf8"));
          for (const part of parts) assert.ok(!part.includes("\uFFFD"), JSON.stringify(parts));
        },
      ),
    );
  });

  it("drops a character that never ends, and lets bytes go that are none", () => {
    assert.deepEqual(shown([Buffer.from("a"), Uint8Array.of(0xe4)]).join(""), "a");
    const garbage = Array.from({ length: 9 }, () => Uint8Array.of(0xff));
    assert.ok(
      shown([...garbage, Buffer.from("b")])
        .join("")
        .endsWith("b"),
    );
  });
});
