/** Where a broken JSON text breaks, and that the scanner and JSON.parse agree on what is JSON. */

import assert from "node:assert/strict";
import * as fc from "fast-check";
import { jsonErrorOffset } from "../../../server/config/json-error-offset.ts";

/** `$0` marks the offset that must be found. */
function check(marked: string): void {
  const offset = marked.indexOf("$0");
  assert.equal(jsonErrorOffset(marked.replace("$0", "")), offset === -1 ? undefined : offset);
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    assert.ok(error instanceof SyntaxError);
    return false;
  }
}

describe("jsonErrorOffset", () => {
  it("finds nothing in valid JSON", () =>
    check(' {"a": [1, -2.5e3, "\\u00e9\u007f", true, null], "b": {}} '));
  it("names a missing comma", () => check('{"a": 1\n  $0"b": 2}'));
  it("names a trailing comma", () => check('{"a": 1, $0}'));
  it("names a comment", () => check('$0// no\n{"a": 1}'));
  it("names a bare word", () => check('{"a": $0yes}'));
  it("names the end of a cut file", () => check('{"a": [1, 2$0'));
  it("names an empty file", () => check("$0"));
  it("names what follows the value", () => check('{"a": 1} $0}'));
  it("names a line break in a string", () => check('{"a": "x$0\n"}'));

  it("agrees with JSON.parse on values", () => {
    fc.assert(fc.property(fc.json(), (text) => jsonErrorOffset(text) === undefined));
  });

  it("agrees with JSON.parse on texts made of JSON's characters", () => {
    const pieces = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      "\\",
      "a",
      "0",
      "1",
      ".",
      "e",
      "-",
      "true",
      " ",
      "\n",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join("");
        return (jsonErrorOffset(text) === undefined) === parses(text);
      }),
      { numRuns: 5000 },
    );
  });
});
