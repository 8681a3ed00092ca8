/** `hearth.installCli`: puts `hearth` on PATH through a small program in the person's own folder. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import * as vscode from "vscode";
import type { Command } from "../hearth.ts";
import { isOurShim, planShim, type Shim } from "./cli-shim.ts";

export const installCli: Command = {
  id: "hearth.installCli",
  run: async ({ extensionUri }) => {
    const shim = planShim({
      platform: process.platform,
      home: homedir(),
      localAppData: process.env["LOCALAPPDATA"],
      path: process.env["PATH"] ?? "",
      runtime: process.execPath,
      script: vscode.Uri.joinPath(extensionUri, "dist", "cli.js").fsPath,
    });
    const present = await readIfThere(shim.file);
    if (present !== undefined && !isOurShim(present)) {
      await vscode.window.showWarningMessage(
        vscode.l10n.t("{0} belongs to another program and stays as it is.", shim.file),
      );
      return;
    }
    await mkdir(shim.folder, { recursive: true });
    await writeFile(shim.file, shim.content, { mode: 0o755 });
    await tell(shim);
  },
};

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function tell(shim: Shim): Promise<void> {
  const { t } = vscode.l10n;
  if (shim.onPath) {
    await vscode.window.showInformationMessage(t("The command “hearth” is installed: {0}", shim.file));
    return;
  }
  const copy = t("Copy the Line");
  const pressed = await vscode.window.showInformationMessage(
    t("“hearth” is installed in {0}, which is not on PATH. Add it with: {1}", shim.folder, shim.addToPath),
    copy,
  );
  if (pressed === copy) await vscode.env.clipboard.writeText(shim.addToPath);
}
