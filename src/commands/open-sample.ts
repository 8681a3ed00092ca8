/** `hearth.openSample`: a file with ghost text in it. Nothing is typed for the person. */

import * as vscode from "vscode";
import { readSwitch } from "../editor/completion-settings.ts";
import { switchOf } from "../editor/completion-switch.ts";
import type { Command } from "../hearth.ts";
import { sample } from "../setup/sample.ts";

export const openSample: Command = {
  id: "hearth.openSample",
  run: async ({ storageUri }) => {
    const { text, offset } = sample(vscode.l10n.t);
    const file = vscode.Uri.joinPath(storageUri, "sample.js");
    const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === file.toString());
    // What the person is writing in it stays.
    if (!open?.isDirty) await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
    const document = await vscode.workspace.openTextDocument(file);
    const end = document.positionAt(open?.isDirty ? document.getText().length : offset);
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(end, end) });
    // As if it had been typed, so that the built-in completer stands in for a model that is not there. Where
    // completion while typing is off, it is asked by hand.
    const explicit = switchOf(readSwitch()) !== "on";
    await vscode.commands.executeCommand("editor.action.inlineSuggest.trigger", { explicit });
  },
};
