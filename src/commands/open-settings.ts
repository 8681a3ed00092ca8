/** `hearth.openSettings`: the editor's settings, narrowed to Hearth's. */

import * as vscode from "vscode";
import type { Command } from "../hearth.ts";

export const openSettings: Command = {
  id: "hearth.openSettings",
  run: () => vscode.commands.executeCommand("workbench.action.openSettings", "@ext:hearth.hearth"),
};
