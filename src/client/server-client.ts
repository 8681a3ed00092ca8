/** One language client on one server process: how it is started, and the messages of our own over it. */

import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  type LanguageClientOptions,
  TransportKind,
} from "vscode-languageclient/node";
import { type DoctorResult, doctorRequest } from "../../server/protocol/doctor.ts";
import type { InitializationOptions } from "../../server/protocol/initialization.ts";
import { type MetricsResult, metricsRequest } from "../../server/protocol/metrics.ts";
import { type StatusParams, statusNotification } from "../../server/protocol/status.ts";
import { type TrustParams, trustNotification } from "../../server/protocol/trust.ts";
import { QuietClient } from "./quiet-client.ts";
import type { ServerConnection } from "./server-host.ts";
import { explicitSettings, settingKeys } from "./settings.ts";

export interface ServerClientOptions {
  /** The bundled server, a JavaScript file. */
  readonly module: string;
  /** The extension's own `package.json`, which lists its settings. */
  readonly manifest: unknown;
  readonly log: vscode.LogOutputChannel;
  readonly onEnded: (why: string) => void;
  readonly onStatus: (status: StatusParams) => void;
  /** A command of the server was executed, such as the one that reports an acceptance. */
  readonly onExecuted: () => void;
  /** Wraps every request for a completion, to show that one is under way. */
  readonly watchCompletion: <T>(answer: PromiseLike<T>) => PromiseLike<T>;
}

export class ServerClient implements ServerConnection {
  readonly #client: QuietClient;

  constructor(options: ServerClientOptions) {
    // As server/main.ts says: without it old texts pile up in the heap.
    const execArgv = ["--optimize-for-size"];
    const server = { module: options.module, transport: TransportKind.ipc, options: { execArgv } };
    this.#client = new QuietClient(server, clientOptions(options));
    this.#client.onNotification(statusNotification.method, options.onStatus);
  }

  start(): Promise<void> {
    return this.#client.start();
  }

  stop(): Promise<void> {
    return this.#client.dispose();
  }

  doctor(): Promise<DoctorResult> {
    return this.#client.sendRequest<DoctorResult>(doctorRequest.method, {});
  }

  metrics(): Promise<MetricsResult> {
    return this.#client.sendRequest<MetricsResult>(metricsRequest.method, {});
  }

  tellTrust(params: TrustParams): Promise<void> {
    return this.#client.sendNotification(trustNotification.method, params);
  }
}

function clientOptions(options: ServerClientOptions): LanguageClientOptions {
  const keys = settingKeys(options.manifest);
  const settings = (resource?: vscode.Uri) =>
    explicitSettings(vscode.workspace.getConfiguration("hearth", resource), keys);
  return {
    documentSelector: [{ scheme: "file" }, { scheme: "untitled" }],
    outputChannel: options.log,
    // Only the news of a change counts: the server then asks, and is answered by the middleware below.
    synchronize: { configurationSection: "hearth" },
    // No settings here: the server asks for them, and a copy from the start would outlive what the person unsets.
    initializationOptions: (): InitializationOptions => ({
      trusted: vscode.workspace.isTrusted,
      locale: vscode.env.language,
    }),
    errorHandler: {
      error: (_error, _message, count) => ({
        action: (count ?? 0) <= 3 ? ErrorAction.Continue : ErrorAction.Shutdown,
        handled: true,
      }),
      closed: () => {
        options.onEnded("its connection closed");
        return { action: CloseAction.DoNotRestart, message: "The connection closed.", handled: true };
      },
    },
    middleware: {
      executeCommand: async (command, parameters, next) => {
        const result: unknown = await next(command, parameters);
        options.onExecuted();
        return result;
      },
      provideInlineCompletionItems: (document, position, context, token, next) => {
        const answer = next(document, position, context, token);
        return isPromiseLike(answer) ? options.watchCompletion(answer) : answer;
      },
      workspace: {
        configuration: (params, token, next) =>
          params.items.every((item) => item.section === "hearth")
            ? params.items.map((item) =>
                settings(item.scopeUri ? vscode.Uri.parse(item.scopeUri) : undefined),
              )
            : next(params, token),
      },
    },
  };
}

function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === "object" && value !== null && "then" in value;
}
