/** `workspace/didChangeWatchedFiles`: files that were made, changed or deleted outside the editor. */

import type { DidChangeWatchedFilesParams } from "vscode-languageserver-protocol";
import { filePath } from "../convert/file-path.ts";
import type { Session } from "../session.ts";

export function onDidChangeWatchedFiles(session: Session, { changes }: DidChangeWatchedFilesParams): void {
  const paths = new Set(changes.map(({ uri }) => filePath(uri)).filter((path) => path !== undefined));
  for (const path of paths) session.tell((services) => services.fileChanged(path));
}
