/** What every command may use: handed out by `extension.ts`, which builds it. */

import type * as vscode from "vscode";
import type { ModelsResult } from "../server/protocol/models.ts";
import type { AnswerPage } from "./chat/answer-page.ts";
import type { ApiKey } from "./client/api-key.ts";
import type { ServerClient } from "./client/server-client.ts";
import type { ServerHost } from "./client/server-host.ts";
import type { DoctorPage } from "./editor/doctor-page.ts";
import type { StatusView } from "./editor/status-view.ts";
import type { ErrorBoundary } from "./errors.ts";
import type { ModelSetup } from "./setup/model-setup.ts";
import type { PlanPage } from "./setup/plan-page.ts";
import type { Pulls } from "./setup/pulls.ts";

export interface Hearth {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  readonly host: ServerHost<ServerClient>;
  readonly errors: ErrorBoundary;
  readonly apiKey: ApiKey;
  readonly doctorPage: DoctorPage;
  readonly planPage: PlanPage;
  readonly answerPage: AnswerPage;
  readonly modelSetup: ModelSetup;
  readonly pulls: Pulls;
  /** What is here and what may be fetched; undefined while the server does not run. */
  readonly models: () => Promise<ModelsResult | undefined>;
  /** The extension's own folder for the person. */
  readonly storageUri: vscode.Uri;
  /** What the status item says at this moment. */
  readonly view: () => StatusView;
}

export interface Command {
  readonly id: string;
  /** `argument`: what the button, the page or the walkthrough that runs it says; left out from the palette. */
  readonly run: (hearth: Hearth, argument?: unknown) => unknown;
}
