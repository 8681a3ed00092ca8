/** `hearth.complete`: asks for a completion at the cursor now, as the editor's own trigger does. */

import * as vscode from "vscode";
import type { Command } from "../hearth.ts";

export const complete: Command = {
  id: "hearth.complete",
  run: () => vscode.commands.executeCommand("editor.action.inlineSuggest.trigger"),
};
