/** `hearth.ask`: one question to the model that reasons, with what is selected or stands round the cursor. */

import * as vscode from "vscode";
import { attachmentInFront } from "../chat/attachment.ts";
import { askForQuestion } from "../chat/question-box.ts";
import type { Command } from "../hearth.ts";

export const ask: Command = {
  id: "hearth.ask",
  run: async ({ answerPage }) => {
    if (!vscode.workspace.isTrusted) return refuse();
    const asked = await askForQuestion(attachmentInFront());
    if (asked) await answerPage.ask(asked);
  },
};

/** Before anything is typed. */
async function refuse(): Promise<void> {
  const manage = vscode.l10n.t("Manage Workspace Trust");
  const picked = await vscode.window.showInformationMessage(
    vscode.l10n.t("This workspace is not trusted: no model is used."),
    manage,
  );
  if (picked === manage) await vscode.commands.executeCommand("workbench.trust.manage");
}
