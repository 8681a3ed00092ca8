/** Asks the person for a question, and says beside it what goes along; that can be left out. */

import * as vscode from "vscode";
import type { ChatPlace } from "../../server/protocol/chat.ts";

export interface Asked {
  readonly question: string;
  readonly sources: readonly ChatPlace[];
}

/** Undefined when the person went back. */
export function askForQuestion(attached: ChatPlace | undefined): Promise<Asked | undefined> {
  const box = vscode.window.createInputBox();
  let sources = attached ? [attached] : [];
  const tell = () => {
    const [place] = sources;
    box.prompt = place
      ? vscode.l10n.t("{0}, lines {1} to {2}, goes along.", place.path, place.startLine, place.endLine)
      : vscode.l10n.t("Nothing goes along but the question.");
    const tooltip = vscode.l10n.t("Leave the file out");
    box.buttons = place ? [{ iconPath: new vscode.ThemeIcon("close"), tooltip }] : [];
  };
  box.title = vscode.l10n.t("Ask the model that reasons");
  box.placeholder = vscode.l10n.t("What do you want to know?");
  box.ignoreFocusOut = true;
  tell();
  const answered = Promise.withResolvers<Asked | undefined>();
  box.onDidTriggerButton(() => {
    sources = [];
    tell();
  });
  box.onDidAccept(() => {
    const question = box.value.trim();
    if (question === "") return;
    answered.resolve({ question, sources });
    box.hide();
  });
  box.onDidHide(() => {
    answered.resolve(undefined);
    box.dispose();
  });
  box.show();
  return answered.promise;
}
