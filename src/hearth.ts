/** What every command may use: handed out by `extension.ts`, which builds it. */

import type * as vscode from "vscode";
import type { ApiKey } from "./client/api-key.ts";
import type { ServerClient } from "./client/server-client.ts";
import type { ServerHost } from "./client/server-host.ts";
import type { DoctorPage } from "./editor/doctor-page.ts";
import type { StatusView } from "./editor/status-view.ts";
import type { ErrorBoundary } from "./errors.ts";

export interface Hearth {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  readonly host: ServerHost<ServerClient>;
  readonly errors: ErrorBoundary;
  readonly apiKey: ApiKey;
  readonly doctorPage: DoctorPage;
  /** What the status item says at this moment. */
  readonly view: () => StatusView;
}

export interface Command {
  readonly id: string;
  /** `argument`: what the button, the page or the walkthrough that runs it says; left out from the palette. */
  readonly run: (hearth: Hearth, argument?: unknown) => unknown;
}
