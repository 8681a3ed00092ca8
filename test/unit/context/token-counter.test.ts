import assert from "node:assert/strict";
import fc from "fast-check";
import { TokenCounter } from "../../../server/context/token-counter.ts";

/** Words and single other characters: as every byte-level tokenizer, never more tokens than bytes. */
const tokensOf = (text: string) => text.match(/\w+|\W/gu)?.length ?? 0;

function counter() {
  const counted: string[] = [];
  const made = new TokenCounter((text) => {
    counted.push(text);
    return Promise.resolve(tokensOf(text));
  });
  return { counted, count: (text: string) => made.count(text) };
}

describe("TokenCounter", () => {
  it("counts the same text once", async () => {
    const { counted, count } = counter();
    assert.equal(await count("a b"), 3);
    assert.equal(await count("a b"), 3);
    assert.deepEqual(counted, ["a b"]);
  });

  it("counts again after 64 bytes of growth, and when anything but the end has changed", async () => {
    const { counted, count } = counter();
    await count("start ");
    await count(`start ${"x".repeat(64)}`);
    assert.equal(counted.length, 1);
    await count(`start ${"x".repeat(65)}`);
    await count("other ");
    assert.equal(counted.length, 3);
  });

  it("never says fewer than there are while a text is typed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("a", " ", "(", "é", "\n"), { maxLength: 150 }),
        async (keys) => {
          const { count } = counter();
          let text = "";
          for (const key of keys) {
            text += key;
            assert.ok((await count(text)) >= tokensOf(text));
          }
        },
      ),
    );
  });
});
