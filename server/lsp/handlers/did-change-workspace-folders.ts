/** `workspace/didChangeWorkspaceFolders`. */

import type { DidChangeWorkspaceFoldersParams, WorkspaceFolder } from "vscode-languageserver-protocol";
import { filePath } from "../convert/file-path.ts";
import type { Session } from "../session.ts";

export function onDidChangeWorkspaceFolders(session: Session, params: DidChangeWorkspaceFoldersParams): void {
  const { added, removed } = params.event;
  session.changeFolders({ added: pathsOf(added), removed: pathsOf(removed) });
}

function pathsOf(folders: readonly WorkspaceFolder[]): readonly string[] {
  return folders.map(({ uri }) => filePath(uri)).filter((path) => path !== undefined);
}
