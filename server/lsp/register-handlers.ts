/** Which handler takes which message, once there is a session. */

import {
  DidChangeConfigurationNotification,
  DidChangeTextDocumentNotification,
  DidChangeWatchedFilesNotification,
  DidChangeWorkspaceFoldersNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DidSaveTextDocumentNotification,
  ExecuteCommandRequest,
  InitializedNotification,
  InlineCompletionRequest,
  type ProtocolConnection,
  WorkDoneProgressCancelNotification,
} from "vscode-languageserver-protocol/node";
import { chatRequest } from "../protocol/chat.ts";
import { doctorRequest } from "../protocol/doctor.ts";
import { metricsRequest } from "../protocol/metrics.ts";
import { modelsRequest, pullRequest } from "../protocol/models.ts";
import { planRequest } from "../protocol/plan.ts";
import { type TrustParams, trustNotification } from "../protocol/trust.ts";
import { toSignal } from "./convert/cancellation.ts";
import { onChat } from "./handlers/chat.ts";
import { onDidChange } from "./handlers/did-change.ts";
import { onDidChangeConfiguration } from "./handlers/did-change-configuration.ts";
import { onDidChangeWatchedFiles } from "./handlers/did-change-watched-files.ts";
import { onDidChangeWorkspaceFolders } from "./handlers/did-change-workspace-folders.ts";
import { onDidClose } from "./handlers/did-close.ts";
import { onDidOpen } from "./handlers/did-open.ts";
import { onDidSave } from "./handlers/did-save.ts";
import { onDoctor } from "./handlers/doctor.ts";
import { onExecuteCommand } from "./handlers/execute-command.ts";
import { onInlineCompletion } from "./handlers/inline-completion.ts";
import { onMetrics } from "./handlers/metrics.ts";
import { onModels } from "./handlers/models.ts";
import { onPull } from "./handlers/models-pull.ts";
import { onPlan } from "./handlers/plan.ts";
import { onProgressCancel } from "./handlers/progress-cancel.ts";
import { onTrust } from "./handlers/trust.ts";
import type { Session } from "./session.ts";

/** `session` throws before `initialize` and after `shutdown`. */
export function registerHandlers(connection: ProtocolConnection, session: () => Session): void {
  registerDocuments(connection, session);
  registerWorkspace(connection, session);
  connection.onNotification(InitializedNotification.type, () => session().begin());
  connection.onRequest(InlineCompletionRequest.type, (params, token) =>
    onInlineCompletion(session(), params, toSignal(token)),
  );
  connection.onNotification(trustNotification.method, (params: TrustParams) => onTrust(session(), params));
  connection.onRequest(metricsRequest.method, () => onMetrics(session()));
  connection.onRequest(doctorRequest.method, (_params, token) => onDoctor(session(), toSignal(token)));
  connection.onRequest(chatRequest.method, (params: unknown, token) =>
    onChat(session(), params, toSignal(token)),
  );
  registerModels(connection, session);
  connection.onNotification(WorkDoneProgressCancelNotification.type, (params) =>
    onProgressCancel(session(), params),
  );
}

function registerModels(connection: ProtocolConnection, session: () => Session): void {
  connection.onRequest(planRequest.method, (_params, token) => onPlan(session(), toSignal(token)));
  connection.onRequest(modelsRequest.method, (_params, token) => onModels(session(), toSignal(token)));
  connection.onRequest(pullRequest.method, (params: unknown, token) =>
    onPull(session(), params, toSignal(token)),
  );
}

function registerDocuments(connection: ProtocolConnection, session: () => Session): void {
  connection.onNotification(DidOpenTextDocumentNotification.type, (params) => onDidOpen(session(), params));
  connection.onNotification(DidChangeTextDocumentNotification.type, (params) =>
    onDidChange(session(), params),
  );
  connection.onNotification(DidSaveTextDocumentNotification.type, (params) => onDidSave(session(), params));
  connection.onNotification(DidCloseTextDocumentNotification.type, (params) => onDidClose(session(), params));
}

function registerWorkspace(connection: ProtocolConnection, session: () => Session): void {
  connection.onRequest(ExecuteCommandRequest.type, (params) => onExecuteCommand(session(), params));
  connection.onNotification(DidChangeConfigurationNotification.type, (params) =>
    onDidChangeConfiguration(session(), params),
  );
  connection.onNotification(DidChangeWatchedFilesNotification.type, (params) =>
    onDidChangeWatchedFiles(session(), params),
  );
  connection.onNotification(DidChangeWorkspaceFoldersNotification.type, (params) =>
    onDidChangeWorkspaceFolders(session(), params),
  );
}
