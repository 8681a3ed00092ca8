/** Every message of our own and every standard one that the server answers, for the documentation and its test. */

import { chatPartNotification, chatRequest } from "./chat.ts";
import { doctorRequest } from "./doctor.ts";
import type { MessageSpec } from "./message.ts";
import { metricsRequest } from "./metrics.ts";
import { confirmFetchRequest, modelsRequest, pullProgressNotification, pullRequest } from "./models.ts";
import { planRequest } from "./plan.ts";
import { secretRequest } from "./secret.ts";
import { statusNotification } from "./status.ts";
import { trustNotification } from "./trust.ts";

export const ownMessages: readonly MessageSpec[] = [
  statusNotification,
  trustNotification,
  metricsRequest,
  doctorRequest,
  planRequest,
  modelsRequest,
  pullRequest,
  confirmFetchRequest,
  pullProgressNotification,
  chatRequest,
  chatPartNotification,
  secretRequest,
];

/** Standard messages from the client, with what is particular in how the server takes them. */
export const standardMessages = {
  initialize: "position encodings UTF-16 and UTF-8: the first that the client lists and the server knows",
  initialized:
    "reads the configuration, watches files where the client can, begins to read the workspace folders",
  shutdown: "answers `null`; afterwards only `exit` is expected",
  exit: "ends within 2 s; status 0 after `shutdown`, 1 without",
  "textDocument/didOpen": "",
  "textDocument/didChange": "incremental or whole text",
  "textDocument/didSave": "the file on disk is read again",
  "textDocument/didClose": "",
  "textDocument/inlineCompletion":
    "a list whose items carry `range` and `command`; empty when cancelled or overtaken by a change; a line outside the document is an error `InvalidParams`",
  "workspace/executeCommand": "the commands below",
  "workspace/didChangeConfiguration":
    "settings come from `workspace/configuration` (section `hearth`) where the client has it, else from the notification's own `settings.hearth`",
  "workspace/didChangeWorkspaceFolders": "",
  "workspace/didChangeWatchedFiles": "",
  "window/workDoneProgress/cancel":
    "ends a `hearth/models/pull` that came with the token; the reading of the workspace cannot be cancelled, only its display",
} as const;
