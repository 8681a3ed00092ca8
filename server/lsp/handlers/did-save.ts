/** `textDocument/didSave`: the file on disk is read again. */

import type { DidSaveTextDocumentParams } from "vscode-languageserver-protocol";
import { checkedParams, documentSchema } from "../convert/checked-params.ts";
import { filePath } from "../convert/file-path.ts";
import type { Session } from "../session.ts";

export function onDidSave(session: Session, raw: DidSaveTextDocumentParams): void {
  const { textDocument } = checkedParams(documentSchema, raw, session.localizer);
  const path = filePath(textDocument.uri);
  if (path !== undefined) session.tell((services) => services.fileChanged(path));
}
