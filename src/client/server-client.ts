/** One language client on one server process: how it is started, and the messages of our own over it. */

import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  type LanguageClientOptions,
  TransportKind,
} from "vscode-languageclient/node";
import {
  type ChatPart,
  type ChatPartParams,
  type ChatResult,
  type ChatSource,
  chatPartNotification,
  chatRequest,
} from "../../server/protocol/chat.ts";
import { type DoctorResult, doctorRequest } from "../../server/protocol/doctor.ts";
import type { InitializationOptions } from "../../server/protocol/initialization.ts";
import { type MetricsResult, metricsRequest } from "../../server/protocol/metrics.ts";
import {
  type ConfirmFetchParams,
  type ConfirmFetchResult,
  confirmFetchRequest,
  type ModelsResult,
  modelsRequest,
  type PullProgressParams,
  type PullResult,
  pullProgressNotification,
  pullRequest,
} from "../../server/protocol/models.ts";
import { type PlanResult, planRequest } from "../../server/protocol/plan.ts";
import { type SecretParams, type SecretResult, secretRequest } from "../../server/protocol/secret.ts";
import { type StatusParams, statusNotification } from "../../server/protocol/status.ts";
import { type TrustParams, trustNotification } from "../../server/protocol/trust.ts";
import type { ApiKey } from "./api-key.ts";
import { withToken } from "./cancellable.ts";
import { QuietClient } from "./quiet-client.ts";
import type { ServerConnection } from "./server-host.ts";
import { explicitSettings, settingKeys } from "./settings.ts";

export interface ServerClientOptions {
  /** The bundled server, a JavaScript file. */
  readonly module: string;
  /** The extension's own `package.json`, which lists its settings. */
  readonly manifest: unknown;
  readonly log: vscode.LogOutputChannel;
  /** A person has asked for this start. */
  readonly restarted: boolean;
  readonly onEnded: (why: string) => void;
  readonly onStatus: (status: StatusParams) => void;
  readonly apiKey: ApiKey;
  readonly onPullProgress: (progress: PullProgressParams) => void;
  /** Asks the person whether this may be fetched. */
  readonly confirmFetch: (question: ConfirmFetchParams) => Promise<boolean>;
  /** The editor was given something to show, before it asked about another place. */
  readonly onSuggested: () => void;
  /** A command of the server was executed, such as the one that reports an acceptance. */
  readonly onExecuted: () => void;
  /** Wraps every request for a completion, to show that one is under way. */
  readonly watchCompletion: <T>(answer: PromiseLike<T>) => PromiseLike<T>;
}

export class ServerClient implements ServerConnection {
  readonly #client: QuietClient;
  readonly #log: vscode.LogOutputChannel;
  readonly #chats = new Map<string, (part: ChatPart) => void>();
  #trustTold = false;

  constructor(options: ServerClientOptions) {
    this.#log = options.log;
    // As server/main.ts says: without it old texts pile up in the heap.
    const execArgv = ["--optimize-for-size"];
    const server = { module: options.module, transport: TransportKind.ipc, options: { execArgv } };
    this.#client = new QuietClient(server, {
      ...clientOptions(options),
      // No settings here: the server asks for them, and a copy from the start would outlive what the person unsets.
      initializationOptions: (): InitializationOptions => {
        this.#trustTold = vscode.workspace.isTrusted;
        const { restarted } = options;
        return { trusted: this.#trustTold, locale: vscode.env.language, restarted };
      },
    });
    this.#client.onNotification(statusNotification.method, options.onStatus);
    this.#client.onRequest(secretRequest.method, async ({ origin }: SecretParams): Promise<SecretResult> => {
      const value = vscode.workspace.isTrusted ? await options.apiKey.of(origin) : undefined;
      return value === undefined ? {} : { value };
    });
    this.#client.onNotification(chatPartNotification.method, ({ id, part }: ChatPartParams) =>
      this.#chats.get(id)?.(part),
    );
    this.#client.onNotification(pullProgressNotification.method, options.onPullProgress);
    this.#client.onRequest(
      confirmFetchRequest.method,
      async (question: ConfirmFetchParams): Promise<ConfirmFetchResult> => ({
        confirmed: await options.confirmFetch(question),
      }),
    );
  }

  async start(): Promise<void> {
    await this.#client.start();
    // What was granted since `initialize` was sent has reached nobody.
    if (vscode.workspace.isTrusted && !this.#trustTold) this.tellTrust({ trusted: true });
  }

  stop(): Promise<void> {
    return this.#client.dispose();
  }

  doctor(token: vscode.CancellationToken): Promise<DoctorResult> {
    return this.#client.sendRequest<DoctorResult>(doctorRequest.method, {}, token);
  }

  metrics(): Promise<MetricsResult> {
    return this.#client.sendRequest<MetricsResult>(metricsRequest.method, {});
  }

  plan(signal: AbortSignal): Promise<PlanResult> {
    return this.#ask<PlanResult>(planRequest.method, {}, signal);
  }

  models(signal: AbortSignal): Promise<ModelsResult> {
    return this.#ask<ModelsResult>(modelsRequest.method, {}, signal);
  }

  pull(name: string, signal: AbortSignal): Promise<PullResult> {
    return this.#ask<PullResult>(pullRequest.method, { name }, signal);
  }

  async chat(
    { question, sources }: { readonly question: string; readonly sources: readonly ChatSource[] },
    onPart: (part: ChatPart) => void,
    signal: AbortSignal,
  ): Promise<ChatResult> {
    const id = randomUUID();
    this.#chats.set(id, onPart);
    const places = sources.map(({ uri, startLine, endLine }) => ({ uri, startLine, endLine }));
    try {
      return await this.#ask<ChatResult>(chatRequest.method, { id, question, sources: places }, signal);
    } finally {
      this.#chats.delete(id);
    }
  }

  /** A server that dies meanwhile is told when the next one starts. */
  tellTrust(params: TrustParams): void {
    this.#client.sendNotification(trustNotification.method, params).catch((error: unknown) => {
      this.#log.warn(`trust was not told: ${String(error)}`);
    });
  }

  #ask<Result>(method: string, params: object, signal: AbortSignal): Promise<Result> {
    return withToken(signal, (token) => this.#client.sendRequest<Result>(method, params, token));
  }
}

function clientOptions(options: ServerClientOptions): LanguageClientOptions {
  const keys = settingKeys(options.manifest);
  const settings = () => explicitSettings(vscode.workspace.getConfiguration("hearth"), keys);
  return {
    documentSelector: [{ scheme: "file" }, { scheme: "untitled" }],
    outputChannel: options.log,
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
        if (!isPromiseLike(answer)) return answer;
        const about = `version ${document.version}, line ${position.line + 1}:${position.character + 1}`;
        const said = (what: string) =>
          options.log.debug(`${token.isCancellationRequested ? "left" : what} (${about})`);
        const counted = (length: number) => {
          if (length > 0 && !token.isCancellationRequested) options.onSuggested();
        };
        return options.watchCompletion(timed(answer, { said, counted }));
      },
      workspace: {
        configuration: (params, token, next) =>
          params.items.every((item) => item.section === "hearth")
            ? params.items.map(settings)
            : next(params, token),
      },
    },
  };
}

interface Listeners {
  readonly said: (what: string) => void;
  /** So many suggestions have come. */
  readonly counted: (length: number) => void;
}

type Suggestions = vscode.InlineCompletionItem[] | vscode.InlineCompletionList | null | undefined;

/** At level debug the log tells what the editor has asked about, and how long that took; never what the answer was. */
async function timed(answer: PromiseLike<Suggestions>, { said, counted }: Listeners): Promise<Suggestions> {
  const began = performance.now();
  const result = await answer;
  const { length } = Array.isArray(result) ? result : (result?.items ?? []);
  counted(length);
  said(`${length} suggestions after ${(performance.now() - began).toFixed(0)} ms`);
  return result;
}

function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === "object" && value !== null && "then" in value;
}
