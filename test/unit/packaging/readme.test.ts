/** The README of the VSIX points at nothing that is not there. */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { standaloneReadme } from "../../../scripts/packaging/readme.ts";

const cases: readonly (readonly [what: string, text: string, expected: string])[] = [
  ["a picture beside it", "Before\n\n![Ghost text](docs/images/a.png)\n\nAfter", "Before\n\nAfter"],
  ["a picture that is a link", "[![A](a.png)](docs/a.md) and more", " and more"],
  ["a picture in HTML", 'See <img alt="A" src="docs/a.png" width="600"> here', "See  here"],
  ["a link to a file", "Read [the map](docs/architecture.md) first", "Read the map first"],
  [
    "a link to the web",
    "[VS Code](https://code.visualstudio.com)",
    "[VS Code](https://code.visualstudio.com)",
  ],
  ["a link within", "[below](#limits)", "[below](#limits)"],
];

describe("the README of the VSIX", () => {
  for (const [what, text, expected] of cases) {
    it(`has ${what} as it should`, () => assert.equal(standaloneReadme(text), expected));
  }

  it("has no relative link left", () => {
    const text = existsSync("README.md") ? standaloneReadme(readFileSync("README.md", "utf8")) : "";
    assert.deepEqual(text.match(/(\]\(|(src|href)=")(?!https?:|#)[^)"]*/g) ?? [], []);
  });
});
