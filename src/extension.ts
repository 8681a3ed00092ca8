/** The extension's two doors, and what stands behind them. A failure is said once, with what mends it. */

import * as vscode from "vscode";
import { ServerClient } from "./client/server-client.ts";
import { type HostState, ServerHost } from "./client/server-host.ts";
import { registerCommands } from "./commands/register.ts";
import { StatusModel } from "./editor/status-model.ts";
import { virtualScheme } from "./editor/virtual-workspace.ts";
import { ErrorBoundary } from "./errors.ts";

let stop: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const began = performance.now();
  const log = vscode.window.createOutputChannel("Hearth", { log: true });
  const errors = new ErrorBoundary({
    show: (message, ...titles) => vscode.window.showErrorMessage(message, ...titles),
    log: (message) => log.error(message),
  });
  const status = new StatusModel({ after, metrics: async () => host.running?.metrics() });
  const host: ServerHost<ServerClient> = createHost({ context, log, errors, status });
  stop = () => host.stop();
  context.subscriptions.push(
    log,
    status,
    registerCommands({ extensionUri: context.extensionUri, log, host, errors, view: () => status.view }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void host.running?.tellTrust({ trusted: true })),
    vscode.workspace.onDidChangeWorkspaceFolders(() => startUnlessVirtual(host)),
  );
  // After activation: building the client and forking the server takes longer than all the rest.
  const start = setImmediate(() => startUnlessVirtual(host));
  context.subscriptions.push({ dispose: () => clearImmediate(start) });
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
}

function createHost({ context, log, errors, status }: HostParts): ServerHost<ServerClient> {
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
    connect: (onEnded) =>
      new ServerClient({
        module: vscode.Uri.joinPath(context.extensionUri, "dist", "server.js").fsPath,
        manifest: context.extension.packageJSON,
        log,
        onEnded,
        onStatus: (params) => status.serverSaid(params),
        onExecuted: () => status.countSoon(),
        watchCompletion: (answer) => status.watchCompletion(timed(answer, log)),
      }),
    onState,
    log: (message) => log.warn(message),
    now: () => performance.now(),
    after,
  });
  return host;
}

/** At level debug the log tells whether the editor has asked, and how long the answer took; never what it was. */
async function timed<T>(answer: PromiseLike<T>, log: vscode.LogOutputChannel): Promise<T> {
  const began = performance.now();
  const result = await answer;
  log.debug(
    `${result ? "answered" : "left"} a request for a completion after ${(performance.now() - began).toFixed(0)} ms`,
  );
  return result;
}

function startUnlessVirtual(host: ServerHost<ServerClient>): void {
  const schemes = vscode.workspace.workspaceFolders?.map((folder) => folder.uri.scheme) ?? [];
  if (virtualScheme(schemes) === undefined) void host.start();
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
