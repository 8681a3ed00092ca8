/** The extension's two doors, and what stands behind them. A failure is said once, with what mends it. */

import * as vscode from "vscode";
import { AnswerPage } from "./chat/answer-page.ts";
import { ApiKey } from "./client/api-key.ts";
import { ServerClient } from "./client/server-client.ts";
import { type HostState, ServerHost } from "./client/server-host.ts";
import { registerCommands } from "./commands/register.ts";
import { DoctorPage } from "./editor/doctor-page.ts";
import { StatusModel } from "./editor/status-model.ts";
import { ErrorBoundary } from "./errors.ts";
import { createSetup, type Setup } from "./setup/create-setup.ts";
import { SetupSteps } from "./setup/setup-steps.ts";

let stop: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const began = performance.now();
  const log = vscode.window.createOutputChannel("Hearth", { log: true });
  const errors = new ErrorBoundary({
    show: (message, ...titles) => vscode.window.showErrorMessage(message, ...titles),
    log: (message) => log.error(message),
  });
  const status = new StatusModel({
    after,
    metrics: async () => host.running?.metrics(),
    log: (message) => log.warn(message),
  });
  const apiKey = new ApiKey(context.secrets);
  const steps = new SetupSteps((step) => void vscode.commands.executeCommand("setContext", step, true));
  const { extensionUri, globalStorageUri: storageUri } = context;
  const setup = createSetup({ extensionUri, log, errors, status, steps, server: () => host.running });
  const host: ServerHost<ServerClient> = createHost({ context, log, errors, status, apiKey, setup, steps });
  const start = () => {
    if (status.virtualScheme === undefined) void host.start();
  };
  const doctorPage = new DoctorPage({
    extensionUri,
    log,
    ask: (token) => host.running?.doctor(token),
  });
  const answerPage = new AnswerPage({
    extensionUri,
    log,
    chat: (asked, onPart, signal) => host.running?.chat(asked, onPart, signal),
    after,
  });
  stop = () => host.stop();
  context.subscriptions.push(
    log,
    status,
    doctorPage,
    answerPage,
    setup.planPage,
    registerCommands({
      ...setup,
      extensionUri,
      storageUri,
      log,
      host,
      errors,
      apiKey,
      doctorPage,
      answerPage,
      view: () => status.view,
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => host.running?.tellTrust({ trusted: true })),
    vscode.workspace.onDidChangeWorkspaceFolders(start),
  );
  // After activation: building the client and forking the server takes longer than all the rest.
  const soon = setImmediate(start);
  context.subscriptions.push({ dispose: () => clearImmediate(soon) });
  log.info(`activated in ${(performance.now() - began).toFixed(1)} ms`);
}

export async function deactivate(): Promise<void> {
  await stop?.();
}

interface HostParts {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly errors: ErrorBoundary;
  readonly status: StatusModel;
  readonly apiKey: ApiKey;
  readonly setup: Setup;
  readonly steps: SetupSteps;
}

function createHost({
  context,
  log,
  errors,
  status,
  apiKey,
  setup,
  steps,
}: HostParts): ServerHost<ServerClient> {
  let startedAt = performance.now();
  const onState = (state: HostState) => {
    if (state === "starting") startedAt = performance.now();
    if (state === "running") {
      log.info(`server ready in ${(performance.now() - startedAt).toFixed(0)} ms`);
      errors.mended("server");
    }
    if (state === "gave-up") void reportGaveUp({ log, errors, restart: () => host.restart() });
    status.hostBecame(state);
  };
  const host: ServerHost<ServerClient> = new ServerHost<ServerClient>({
    connect: (onEnded, { restarted }) =>
      new ServerClient({
        module: vscode.Uri.joinPath(context.extensionUri, "dist", "server.js").fsPath,
        manifest: context.extension.packageJSON,
        log,
        apiKey,
        restarted,
        onEnded,
        onStatus: (params) => {
          status.serverSaid(params);
          steps.serverSaid(params);
          setup.planPage.serverSaid(params);
        },
        onSuggested: () => steps.suggested(),
        onPullProgress: (progress) => setup.pulls.progressed(progress),
        confirmFetch: (question) => setup.modelSetup.confirm(question),
        onExecuted: () => status.countSoon(),
        watchCompletion: (answer) => status.watchCompletion(answer),
      }),
    onState,
    log: (message) => log.warn(message),
    now: () => performance.now(),
    after,
  });
  return host;
}

interface GaveUp {
  readonly log: vscode.LogOutputChannel;
  readonly errors: ErrorBoundary;
  readonly restart: () => Promise<void>;
}

function reportGaveUp({ log, errors, restart }: GaveUp): Promise<void> {
  return errors.report({
    cause: "server",
    message: vscode.l10n.t(
      "Hearth's language server has stopped several times in a row and was not started again. The log says why.",
    ),
    mends: [
      { title: vscode.l10n.t("Restart"), run: restart },
      { title: vscode.l10n.t("Show Log"), run: () => log.show() },
    ],
  });
}

function after(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
