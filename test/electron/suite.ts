/** Runs inside the desktop editor: types, accepts the suggestion, and looks at what stands in the document. */

import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import * as vscode from "vscode";
import { beginning, wiring } from "../vscode/support/samples.ts";

/** How long the first suggestion may take, with the start of the server. */
const patienceMs = 20_000;

/** Called by the editor. */
export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension("hearth.hearth");
  assert.ok(extension, "the extension is not there");
  await extension.activate();
  const [file] = await vscode.workspace.findFiles("file.ts");
  assert.ok(file);
  const editor = await vscode.window.showTextDocument(file);
  const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end, end);
  await vscode.commands.executeCommand("type", { text: beginning });
  await acceptSuggestion(editor.document);
  assert.match(
    editor.document.getText().slice((wiring + beginning).length),
    /^atcher\.dispatch\(event, context\)\);/,
  );
  await vscode.commands.executeCommand("undo");
  assert.equal(editor.document.getText(), wiring + beginning, "one undo takes the suggestion back");
}

/** There is no event for a suggestion that is shown: it is asked for and accepted until the text grows. */
async function acceptSuggestion(document: vscode.TextDocument): Promise<void> {
  const { length } = document.getText();
  const deadline = performance.now() + patienceMs;
  while (document.getText().length === length) {
    assert.ok(performance.now() < deadline, "no suggestion came");
    await vscode.commands.executeCommand("editor.action.inlineSuggest.trigger");
    await setTimeout(200);
    await vscode.commands.executeCommand("editor.action.inlineSuggest.commit");
  }
}
