/** Once per run: sets the editor up, builds and packages the extension, and installs it as a person would. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Editor, setUpEditor } from "../../../scripts/editor-setup.ts";
import { installExtension } from "./editor-server.ts";
import { untilEnded } from "./processes.ts";

const checkout = dirname(dirname(dirname(import.meta.dirname)));

/** A folder for the whole run; its path reaches the tests through the environment. */
export function mochaGlobalSetup(): void {
  const root = mkdtempSync(join(tmpdir(), "hearth-vscode-"));
  const done = process.env["HEARTH_TEST_EDITOR"] === undefined ? setUp() : {};
  Object.assign(process.env, done, { HEARTH_TEST_RUN: root });
  const editor = JSON.parse(process.env["HEARTH_TEST_EDITOR"] ?? "{}") as Editor;
  const folders = { root: join(root, "install"), extensions: join(root, "extensions") };
  installExtension(editor, folders, process.env["HEARTH_VSIX"] ?? "");
}

/** What may need the network: an editor, and the extension as a VSIX. Returns what tells the tests of them. */
export function setUp(): Readonly<Record<string, string>> {
  return { HEARTH_TEST_EDITOR: JSON.stringify(setUpEditor()), HEARTH_VSIX: vsix() };
}

/** A host outlives its last client by 30 s; its folder goes after it. */
export async function mochaGlobalTeardown(): Promise<void> {
  const root = process.env["HEARTH_TEST_RUN"];
  if (!root) return;
  await untilEnded(root, 60_000);
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
}

/** The VSIX named in `HEARTH_VSIX`, else a fresh one of this checkout. */
function vsix(): string {
  const given = process.env["HEARTH_VSIX"];
  if (given) return given;
  const target = `${process.platform}-${process.arch}`;
  const made = spawnSync(process.execPath, ["scripts/package.ts", "--target", target], {
    cwd: checkout,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (made.status !== 0) throw new Error("could not package the extension");
  const file = readdirSync(join(checkout, "out")).find((name) => name.startsWith(`hearth-${target}-`));
  if (!file) throw new Error(`no VSIX for ${target} in out/`);
  return join(checkout, "out", file);
}
