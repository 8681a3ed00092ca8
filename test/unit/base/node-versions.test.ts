import assert from "node:assert/strict";
import { runsOn } from "../../../server/base/node-versions.ts";

describe("runsOn", () => {
  const versions = [
    ["20.20.2", false],
    ["22.12.9", false],
    ["22.13.0", true],
    ["24.0.0", true],
  ] as const;
  for (const [version, runs] of versions) {
    it(`${runs ? "takes" : "refuses"} Node.js ${version}`, () => assert.equal(runsOn(version), runs));
  }
});
