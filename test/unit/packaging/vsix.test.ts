/** What goes into a VSIX, and that the same files give the same bytes. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { listFiles, PackageManager } from "@vscode/vsce";
import { afterEach, describe, it } from "mocha";
import { writeVsix } from "../../../scripts/packaging/vsix.ts";

const folders: string[] = [];

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "hearth-vsix-"));
  folders.push(path);
  return path;
}

afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

const files: Readonly<Record<string, string>> = {
  ".vscodeignore": "",
  "package.json": JSON.stringify({
    name: "sample",
    publisher: "sample",
    version: "1.0.0",
    license: "MIT",
    engines: { vscode: "^1.138.0" },
  }),
  "README.md": "A sample with a picture: ![x](docs/x.png)",
  LICENSE: "MIT",
  "dist/server.js": "export {};",
  "dist/node_modules/one/index.js": "export const one = 1;",
};

interface Circumstances {
  readonly names: readonly string[];
  readonly time: number;
  readonly mode: number;
}

function built({ names, time, mode }: Circumstances, changes: Readonly<Record<string, string>> = {}): Buffer {
  const stage = folder();
  for (const name of names) {
    const path = join(stage, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, changes[name] ?? files[name] ?? "", { mode });
    utimesSync(path, time, time);
  }
  const file = join(folder(), "sample.vsix");
  writeVsix({ stage, target: "linux-x64", file });
  return readFileSync(file);
}

describe("a VSIX", () => {
  const today = { names: Object.keys(files), time: 1.8e9, mode: 0o600 };

  it("has the same bytes whenever, wherever and by whomever it is built", () => {
    const first = built(today);
    const second = built({ names: today.names.toReversed(), time: 1.7e9, mode: 0o755 });
    assert.ok(first.equals(second));
    assert.ok(!first.equals(built(today, { "dist/server.js": "export default 1;" })), "control");
  }).timeout(60_000);

  it("holds what .vscodeignore names and nothing else of the checkout", async () => {
    const allowed =
      /^(package(\.nls(\.[a-z-]+)?)?\.json|l10n\/[^/]+\.json|dist\/([^/]+\.c?js|page\.css|codicon\.ttf)|media\/.+|README\.md|CHANGELOG\.md|LICENSE)$/;
    const listed = await listFiles({ cwd: ".", packageManager: PackageManager.None });
    assert.deepEqual(
      listed.filter((path) => !allowed.test(path)),
      [],
    );
    for (const path of ["package.json", "package.nls.zh-cn.json", "l10n/bundle.l10n.zh-cn.json", "LICENSE"]) {
      assert.ok(listed.includes(path), path);
    }
  });
});
