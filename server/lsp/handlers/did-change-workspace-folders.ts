/** `workspace/didChangeWorkspaceFolders`. */

import type { DidChangeWorkspaceFoldersParams, WorkspaceFolder } from "vscode-languageserver-protocol";
import { checkedParams, workspaceFoldersSchema } from "../convert/checked-params.ts";
import { filePath } from "../convert/file-path.ts";
import type { Session } from "../session.ts";

export function onDidChangeWorkspaceFolders(session: Session, raw: DidChangeWorkspaceFoldersParams): void {
  const { added, removed } = checkedParams(workspaceFoldersSchema, raw, session.localizer).event;
  session.changeFolders({ added: pathsOf(added), removed: pathsOf(removed) });
}

function pathsOf(folders: readonly Pick<WorkspaceFolder, "uri">[]): readonly string[] {
  return folders.map(({ uri }) => filePath(uri)).filter((path) => path !== undefined);
}
