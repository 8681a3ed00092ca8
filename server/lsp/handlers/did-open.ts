/** `textDocument/didOpen`. */

import type { DidOpenTextDocumentParams } from "vscode-languageserver-protocol";
import type { Session } from "../session.ts";

export function onDidOpen(session: Session, { textDocument }: DidOpenTextDocumentParams): void {
  const { uri, languageId, version, text } = textDocument;
  const snapshot = session.documents.open(uri, languageId, version, text);
  session.tell((services) => services.documentOpened(snapshot));
}
