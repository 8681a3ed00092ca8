/** Runs inside VS Code's extension host: type, ask for ghost text, accept it, and find it in the file. */

const assert = require("node:assert/strict");
const process = require("node:process");
const { setTimeout: sleep } = require("node:timers/promises");
const vscode = require("vscode");

exports.run = async () => {
  const extension = vscode.extensions.getExtension("hearth.hearth");
  assert.ok(extension, "the extension is not there");
  await extension.activate();

  const document = await vscode.workspace.openTextDocument(process.env.HEARTH_SAMPLE);
  const editor = await vscode.window.showTextDocument(document);
  const end = document.lineAt(document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end, end);
  await vscode.commands.executeCommand("type", { text: process.env.HEARTH_BEGINNING });
  const typed = document.getText();

  const deadline = Date.now() + 30_000;
  while (document.getText() === typed && Date.now() < deadline) {
    await vscode.commands.executeCommand("editor.action.inlineSuggest.trigger");
    await sleep(500);
    await vscode.commands.executeCommand("editor.action.inlineSuggest.commit");
  }
  assert.ok(document.getText().startsWith(typed), "what was typed is still there");
  assert.ok(document.getText().length > typed.length, "no ghost text came within 30 s");
};
