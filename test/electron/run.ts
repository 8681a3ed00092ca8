/**
 * Downloads the oldest VS Code that the extension is for and the newest, and runs `suite.cjs` inside each,
 * with the built extension: for machines that may download an editor. The others have `npm run test:vscode`.
 */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runTests } from "@vscode/test-electron";
import { beginning, wiring } from "../vscode/support/samples.ts";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly engines: { readonly vscode: string };
};

const folder = mkdtempSync(join(tmpdir(), "hearth-electron-"));
try {
  for (const version of [engines.vscode.replace("^", ""), "stable"]) await runIn(version);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function runIn(version: string): Promise<void> {
  const workspace = join(folder, version, "workspace");
  const file = join(workspace, "sample.ts");
  mkdirSync(workspace, { recursive: true });
  writeFileSync(file, wiring);
  await runTests({
    version,
    extensionDevelopmentPath: root,
    extensionTestsPath: join(here, "suite.cjs"),
    extensionTestsEnv: {
      HEARTH_HOME: join(folder, version, "home"),
      HEARTH_SAMPLE: file,
      HEARTH_BEGINNING: beginning,
    },
    launchArgs: [
      workspace,
      "--disable-extensions",
      "--disable-workspace-trust",
      `--user-data-dir=${join(folder, version, "user")}`,
    ],
  });
}
