/** `textDocument/didSave`: the file on disk is read again. */

import type { DidSaveTextDocumentParams } from "vscode-languageserver-protocol";
import { filePath } from "../convert/file-path.ts";
import type { Session } from "../session.ts";

export function onDidSave(session: Session, { textDocument }: DidSaveTextDocumentParams): void {
  const path = filePath(textDocument.uri);
  if (path !== undefined) session.tell((services) => services.fileChanged(path));
}
