/** `textDocument/didOpen`. */

import type { DidOpenTextDocumentParams } from "vscode-languageserver-protocol";
import { checkedParams, didOpenSchema } from "../convert/checked-params.ts";
import type { Session } from "../session.ts";

export function onDidOpen(session: Session, raw: DidOpenTextDocumentParams): void {
  const { uri, languageId, version, text } = checkedParams(
    didOpenSchema,
    raw,
    session.localizer,
  ).textDocument;
  const snapshot = session.documents.open(uri, languageId, version, text);
  session.tell((services) => services.documentOpened(snapshot));
}
