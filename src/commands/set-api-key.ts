/** `hearth.setApiKey`: the key for the server at `hearth.runtimes.openai.url`, kept in the editor's secret storage. */

import * as vscode from "vscode";
import type { Command } from "../hearth.ts";

const setting = "hearth.runtimes.openai.url";

export const setApiKey: Command = {
  id: "hearth.setApiKey",
  run: async ({ apiKey, host }) => {
    const url = vscode.workspace.getConfiguration().get(setting, "");
    if (!URL.canParse(url)) return askForAddress();
    const { origin } = new URL(url);
    const key = await vscode.window.showInputBox({
      title: vscode.l10n.t("API key for {0}", origin),
      prompt: vscode.l10n.t("It is sent to this address alone. Leave it empty to remove it."),
      password: true,
      ignoreFocusOut: true,
    });
    if (key === undefined) return;
    await apiKey.set(origin, key.trim());
    // What is open was opened with the key before.
    await host.restart();
  },
};

async function askForAddress(): Promise<void> {
  const open = vscode.l10n.t("Open Settings");
  const picked = await vscode.window.showInformationMessage(
    vscode.l10n.t("Set {0} first: an API key belongs to one address.", setting),
    open,
  );
  if (picked === open) await vscode.commands.executeCommand("workbench.action.openSettings", setting);
}
