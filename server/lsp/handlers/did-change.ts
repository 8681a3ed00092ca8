/** `textDocument/didChange`: incremental, or the whole text. */

import type { DidChangeTextDocumentParams } from "vscode-languageserver-protocol";
import { checkedParams, didChangeSchema } from "../convert/checked-params.ts";
import type { Session } from "../session.ts";

export function onDidChange(session: Session, raw: DidChangeTextDocumentParams): void {
  const params = checkedParams(didChangeSchema, raw, session.localizer);
  const { uri, version } = params.textDocument;
  const applied = session.documents.change(uri, version, params.contentChanges, session.profile.encoding);
  if (!applied) {
    session.log.log("warn", `a change of a document that is not open: ${uri}`);
    return;
  }
  session.tell((services) => services.documentChanged(applied.snapshot, applied.changes));
}
