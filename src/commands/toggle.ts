/** `hearth.toggle`: completion on or off, where the decision is made now. It stays so after a reload. */

import * as vscode from "vscode";
import { toggleCompletion } from "../editor/completion-settings.ts";
import type { Command } from "../hearth.ts";

export const toggle: Command = {
  id: "hearth.toggle",
  run: async () => {
    const { enabled } = await toggleCompletion();
    const sentence = enabled
      ? vscode.l10n.t("Hearth: completion is on.")
      : vscode.l10n.t("Hearth: completion is off.");
    vscode.window.setStatusBarMessage(sentence, 3000);
  },
};
