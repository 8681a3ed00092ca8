/** `textDocument/didClose`. */

import type { DidCloseTextDocumentParams } from "vscode-languageserver-protocol";
import { checkedParams, documentSchema } from "../convert/checked-params.ts";
import type { Session } from "../session.ts";

export function onDidClose(session: Session, raw: DidCloseTextDocumentParams): void {
  const { textDocument } = checkedParams(documentSchema, raw, session.localizer);
  session.documents.close(textDocument.uri);
  session.tell((services) => services.documentClosed(textDocument.uri));
}
