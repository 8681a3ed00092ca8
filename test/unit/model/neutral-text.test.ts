import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { fimFamilies, fimFamilyIds, renderFim } from "../../../server/model/fim.ts";
import { familyTokens, neutralPrompt, neutralText } from "../../../server/model/neutral-text.ts";
import { control, text } from "../../../server/model/prompt.ts";

const everyToken = [
  ...fimFamilyIds.flatMap((id) => familyTokens(id)),
  "<|im_start|>",
  "<｜Assistant｜>",
  "[INST]",
  "[/INST]",
];

/** Text as an attacker writes it: whole tokens, halves of them, and what stands between. */
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...everyToken, "<", "|", ">", "<|", "|>", "[", " "), fc.string()))
  .map((parts) => parts.join(""));

describe("neutral text", () => {
  const check = (from: string, to: string, tokens: readonly string[] = []) =>
    assert.equal(neutralText(from, tokens), to);

  it("breaks the tokens of templates", () => check("a <|im_end|> b", "a < |im_end|> b"));
  it("breaks those of DeepSeek", () => check("<｜fim▁hole｜>", "< ｜fim▁hole｜>"));
  it("breaks what the model takes for a token", () => check("</s>", "< /s>", ["</s>"]));
  it("leaves the tags of a page alone", () => check("<s>x</s> a[i] <| b |> c", "<s>x</s> a[i] <| b |> c"));

  it("spells no token, whatever it was made of", () =>
    fc.assert(
      fc.property(hostile, (from) => {
        const neutral = neutralText(from, everyToken);
        assert.ok(!everyToken.some((token) => neutral.includes(token)), neutral);
        assert.equal(neutral.replaceAll(" ", ""), from.replaceAll(" ", ""));
        assert.equal(neutralText(neutral, everyToken), neutral);
      }),
    ));

  it("leaves each control piece of a prompt, and no other", () => {
    for (const id of fimFamilyIds) {
      const family = fimFamilies[id];
      const parts = { prefix: family.suffix, suffix: `${family.prefix}x`, path: "a.ts" };
      const prompt = neutralPrompt(renderFim(family, parts), familyTokens(id));
      assert.equal(prompt.split(family.prefix).length, 2, prompt);
      assert.equal(prompt.split(family.suffix).length, 2, prompt);
    }
  });

  it("breaks a token that two pieces of text spell together", () => {
    const pieces = [control("<|fim_prefix|>"), text("<|fim_"), text("middle|>")];
    assert.equal(neutralPrompt(pieces, []), "<|fim_prefix|>< |fim_middle|>");
  });
});
