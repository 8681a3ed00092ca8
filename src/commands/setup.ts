/** `hearth.setup`: the walkthrough, from the first ghost text to the first one by a model. */

import * as vscode from "vscode";
import type { Command } from "../hearth.ts";

export const setup: Command = {
  id: "hearth.setup",
  run: () =>
    vscode.commands.executeCommand("workbench.action.openWalkthrough", "hearth.hearth#hearth.setup", {
      toSide: false,
    }),
};
