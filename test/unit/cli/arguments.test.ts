/** Places and flags as a person types them. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { arrangeArguments, languageArgument } from "../../../server/cli/arguments.ts";
import { parseCursor } from "../../../server/cli/cursor.ts";

describe("parseCursor", () => {
  const check = (text: string, path: string | undefined, line = 0, character = 0) =>
    assert.deepEqual(
      parseCursor(text),
      path === undefined ? undefined : { path, position: { line, character } },
    );

  it("counts from 1 outside, from 0 inside", () => check("src/a.ts:10:5", "src/a.ts", 9, 4));
  it("keeps the colon of a drive", () => check("C:\\a b\\c.ts:1:1", "C:\\a b\\c.ts"));
  it("keeps colons and line breaks in names", () => check("a:b\n.ts:2:3", "a:b\n.ts", 1, 2));
  for (const text of [
    "",
    "a.ts",
    "a.ts:1",
    ":1:1",
    "a.ts:0:1",
    "a.ts:1:0",
    "a.ts:-1:1",
    "a.ts:1:x",
    "a.ts:1:1:",
    "a.ts:9999999999:1",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => check(text, undefined));
  }
});

describe("arrangeArguments", () => {
  const check = (typed: string, arranged: string) =>
    assert.deepEqual(arrangeArguments(typed.split(" ").filter(Boolean)), arranged.split(" ").filter(Boolean));

  it("leaves flags behind the verb", () => check("complete a:1:1 --json", "complete a:1:1 --json"));
  it("moves flags before the verb behind it", () =>
    check(
      "--json --root /x --set=a=b --set c=d complete a:1:1",
      "complete --json --root /x --set=a=b --set c=d a:1:1",
    ));
  it("drops them before the help of the whole", () => check("--lang zh-cn --help", "--help"));
  it("leaves unknown flags to be named", () => check("--jsn complete", "--jsn complete"));
  it("takes help for the help of what follows", () => check("help models pull --json", "models pull --help"));
  it("takes nothing for the help of the whole", () => check("", ""));
});

describe("languageArgument", () => {
  const check = (typed: string, language: string | undefined) =>
    assert.equal(languageArgument(typed.split(" ")), language);

  it("finds it anywhere", () => check("complete a:1:1 --lang zh-cn", "zh-cn"));
  it("takes the last", () => check("--lang=en --lang zh-cn x", "zh-cn"));
  it("takes nothing behind --", () => check("x -- --lang zh-cn", undefined));
  it("is not there", () => check("x", undefined));
});
