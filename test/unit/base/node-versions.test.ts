import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { oldestNode, runsOn, testedNode } from "../../../server/base/node-versions.ts";

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

describe("the versions of Node.js in the documentation", () => {
  const read = (path: string) => readFileSync(path, "utf8");
  const manifest = JSON.parse(read("package.json")) as {
    readonly engines: { readonly node: string };
    readonly devDependencies: { readonly node: string };
  };
  const least = manifest.engines.node.replace(">=", "");

  it("brings the one that everything is tested with", () =>
    assert.equal(manifest.devDependencies.node.split(".")[0], String(testedNode)));
  for (const path of ["README.md", "CONTRIBUTING.md"]) {
    it(`${path} names the least that sets up the repository`, () =>
      assert.ok(read(path).includes(`Node ${least} or later`)));
  }
  it("docs/editors.md names the least that runs Hearth", () =>
    assert.ok(
      read("docs/editors.md").includes(
        `${oldestNode.replace(/\.0$/, "")} or later, tested with ${testedNode}`,
      ),
    ));
});
