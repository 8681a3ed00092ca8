/** `initialize`: what this server can do. */

import { type InitializeResult, TextDocumentSyncKind } from "vscode-languageserver-protocol";
import { serverCommands } from "../../protocol/accepted.ts";
import type { ClientProfile } from "../convert/client-profile.ts";

export function onInitialize(profile: ClientProfile, version: string): InitializeResult {
  return {
    serverInfo: { name: "hearth", version },
    capabilities: {
      positionEncoding: profile.encoding,
      textDocumentSync: {
        openClose: true,
        change: TextDocumentSyncKind.Incremental,
        save: { includeText: false },
      },
      inlineCompletionProvider: {},
      executeCommandProvider: { commands: serverCommands.map(({ command }) => command) },
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    },
  };
}
