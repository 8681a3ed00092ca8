/** `textDocument/didClose`. */

import type { DidCloseTextDocumentParams } from "vscode-languageserver-protocol";
import type { Session } from "../session.ts";

export function onDidClose(session: Session, { textDocument }: DidCloseTextDocumentParams): void {
  session.documents.close(textDocument.uri);
  session.tell((services) => services.documentClosed(textDocument.uri));
}
