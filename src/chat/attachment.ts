/** What of an editor goes along with a question: its selection, else the lines round its cursor. */

import * as vscode from "vscode";
import type { ChatPlace } from "../../server/protocol/chat.ts";

/** On each side of the cursor. */
const around = 200;

/** Of the editor in front, or beside the page that is; undefined where none has a text that the server knows. */
export function attachmentInFront(): ChatPlace | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  const editors = activeTextEditor ? [activeTextEditor] : visibleTextEditors;
  const editor = editors.find(({ document }) => ["file", "untitled"].includes(document.uri.scheme));
  return editor && attachmentOf(editor);
}

function attachmentOf({ document, selection }: vscode.TextEditor): ChatPlace {
  const { start, end, active } = selection;
  // Whole lines are selected up to the beginning of the next one.
  const last = end.character === 0 && end.line > start.line ? end.line : end.line + 1;
  const [startLine, endLine] = selection.isEmpty
    ? [Math.max(1, active.line + 1 - around), Math.min(document.lineCount, active.line + 1 + around)]
    : [start.line + 1, last];
  const path = vscode.workspace.asRelativePath(document.uri, false);
  return { uri: document.uri.toString(), path, startLine, endLine };
}
