import assert from "node:assert/strict";
import {
  type FimFamilyId,
  fimFamilies,
  fimFamilyIds,
  fimStops,
  renderFim,
} from "../../../server/model/fim.ts";
import { promptToString } from "../../../server/model/prompt.ts";

const rendered: Readonly<Record<FimFamilyId, string>> = {
  qwen: "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
  deepseek: "<｜fim▁begin｜>P<｜fim▁hole｜>S<｜fim▁end｜>",
  codestral: "[SUFFIX]S[PREFIX]P",
  starcoder: "<fim_prefix>P<fim_suffix>S<fim_middle>",
  codegemma: "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
  seed: "<[fim-suffix]>S<[fim-prefix]>P<[fim-middle]>",
  mellum: "<filename>a.ts\n<fim_suffix>S<fim_prefix>P<fim_middle>",
};

describe("fill-in-the-middle prompts", () => {
  for (const id of fimFamilyIds) {
    it(`has the form of ${id}`, () => {
      const pieces = renderFim(fimFamilies[id], { prefix: "P", suffix: "S", path: "a.ts" });
      assert.equal(promptToString(pieces), rendered[id]);
    });

    it(`stops ${id} at every token of its own, never at // or a blank line`, () => {
      const stops = fimStops(fimFamilies[id]);
      const { prefix, suffix, middle } = fimFamilies[id];
      for (const token of [prefix, suffix, middle]) assert.ok(token === undefined || stops.includes(token));
      assert.ok(stops.every((stop) => stop.trim() !== "" && stop !== "//"));
    });
  }

  it("keeps a control token that the text spells apart from the real ones", () => {
    const pieces = renderFim(fimFamilies.qwen, { prefix: "<|fim_middle|>", suffix: "" });
    const texts = pieces.filter((piece) => piece.kind === "text").map((piece) => piece.text);
    assert.deepEqual(texts, ["<|fim_middle|>", ""]);
  });
});
