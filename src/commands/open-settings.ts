/** `hearth.openSettings`: the editor's settings, narrowed to Hearth's, or to one of them. */

import * as vscode from "vscode";
import type { Command } from "../hearth.ts";

export const openSettings: Command = {
  id: "hearth.openSettings",
  run: (_hearth, key) => {
    const query = typeof key === "string" && key !== "" ? `hearth.${key}` : "@ext:hearth.hearth";
    return vscode.commands.executeCommand("workbench.action.openSettings", query);
  },
};
