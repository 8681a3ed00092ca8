/**
 * Runs a few of the checks of `test/vscode/` in the desktop editor, which it downloads: for machines that
 * can reach the download and have a display. The built extension is loaded from the checkout.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { download, runTests } from "@vscode/test-electron";
import { build } from "esbuild";
import { alone } from "../support/alone.ts";
import { wiring } from "../vscode/support/samples.ts";

const checkout = dirname(dirname(import.meta.dirname));
const editor = await download().catch((error: unknown) => {
  process.stderr.write(`test:electron did not run: VS Code could not be downloaded (${String(error)}).\n`);
  process.exit(1);
});
const folder = mkdtempSync(join(tmpdir(), "hearth-electron-"));
const suite = join(folder, "suite.cjs");

try {
  const built = spawnSync(process.execPath, ["esbuild.mjs"], { cwd: checkout, stdio: "inherit" });
  if (built.status !== 0) throw new Error("could not build the extension");
  await build({
    entryPoints: [join(import.meta.dirname, "suite.ts")],
    outfile: suite,
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["vscode"],
  });
  writeFileSync(join(folder, "file.ts"), wiring);
  await runTests({
    vscodeExecutablePath: editor,
    extensionDevelopmentPath: checkout,
    extensionTestsPath: suite,
    extensionTestsEnv: { ...alone, HEARTH_HOME: join(folder, "hearth") },
    launchArgs: [
      folder,
      "--disable-extensions",
      "--disable-workspace-trust",
      `--user-data-dir=${join(folder, "user")}`,
    ],
  });
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
