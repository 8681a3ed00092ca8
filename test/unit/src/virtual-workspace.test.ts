/** Which workspaces have no file on a disk. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { virtualScheme } from "../../../src/editor/virtual-workspace.ts";

const cases: readonly (readonly [schemes: readonly string[], virtual: string | undefined])[] = [
  [[], undefined],
  [["file"], undefined],
  [["vscode-vfs", "file"], undefined],
  [["vscode-vfs"], "vscode-vfs"],
];

describe("a virtual workspace", () => {
  for (const [schemes, expected] of cases) {
    it(`${schemes.join(", ") || "no folder"}: ${expected ?? "no"}`, () =>
      assert.equal(virtualScheme(schemes), expected));
  }
});
