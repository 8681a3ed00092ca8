/** `workspace/didChangeWatchedFiles`: files that were made, changed or deleted outside the editor. */

import type { DidChangeWatchedFilesParams } from "vscode-languageserver-protocol";
import { checkedParams, watchedFilesSchema } from "../convert/checked-params.ts";
import { filePath } from "../convert/file-path.ts";
import type { Session } from "../session.ts";

export function onDidChangeWatchedFiles(session: Session, raw: DidChangeWatchedFilesParams): void {
  const { changes } = checkedParams(watchedFilesSchema, raw, session.localizer);
  const paths = new Set(changes.map(({ uri }) => filePath(uri)).filter((path) => path !== undefined));
  for (const path of paths) session.tell((services) => services.fileChanged(path));
}
