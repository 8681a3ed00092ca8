import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { alikeNames, nearestNames } from "../../../server/model/nearest-names.ts";

const served = [
  "deepseek-r1:7b",
  "deepseek-r1:14b",
  "qwen2.5-coder:1.5b",
  "qwen2.5-coder:7b",
  "nomic-embed-text",
];

describe("nearest names", () => {
  const check = (wanted: string, ...nearest: readonly string[]) =>
    assert.deepEqual(nearestNames(wanted, served).slice(0, nearest.length), nearest);

  it("sees a misspelling", () => check("deepseak-r1:7b", "deepseek-r1:7b", "deepseek-r1:14b"));
  it("sees a part of a name", () => check("coder", "qwen2.5-coder:7b", "qwen2.5-coder:1.5b"));
  it("takes case for nothing", () => check("Nomic-Embed-Text", "nomic-embed-text"));
  it("offers three", () => assert.equal(nearestNames("x", served).length, 3));
  it("offers what there is", () => assert.deepEqual(nearestNames("x", ["a"]), ["a"]));
});

describe("alike names", () => {
  const check = (wanted: string, ...alike: readonly string[]) =>
    it(`of "${wanted}" are ${alike.join(", ") || "none"}`, () =>
      assert.deepEqual(alikeNames(wanted, served), alike));

  check("deepseak-r1:7b", "deepseek-r1:7b", "deepseek-r1:14b");
  check("qwen2.5-coder:7b-q4_k_m", "qwen2.5-coder:7b");
  check("plain");
  check("r1");
  check("");
});
