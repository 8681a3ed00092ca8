/** What the server says to its client and asks of it. A client that has gone is not an error here. */

import * as v from "valibot";
import {
  CancellationTokenSource,
  ConfigurationRequest,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  LogMessageNotification,
  MessageType,
  type ProgressToken,
  type ProtocolConnection,
  RegistrationRequest,
  ShowMessageNotification,
  WorkDoneProgress,
  type WorkDoneProgressBegin,
  WorkDoneProgressCreateRequest,
  type WorkDoneProgressEnd,
  type WorkDoneProgressReport,
} from "vscode-languageserver-protocol/node";
import { onAbort } from "../base/abort.ts";
import type { Logger, LogLevel } from "../base/log.ts";
import type { EditorProxy } from "../fetch/proxy-settings.ts";
import { type ChatPartParams, chatPartNotification } from "../protocol/chat.ts";
import {
  type ConfirmFetchParams,
  confirmFetchRequest,
  type PullProgressParams,
  pullProgressNotification,
} from "../protocol/models.ts";
import { secretRequest } from "../protocol/secret.ts";
import { type StatusParams, statusNotification } from "../protocol/status.ts";

/** What a client shows while something long runs. */
export interface ShownProgress {
  /** `percentage`: from 0 to 100. */
  report(message: string, percentage?: number): void;
  end(message: string): void;
}

const messageTypes: Readonly<Record<Exclude<LogLevel, "off">, MessageType>> = {
  error: MessageType.Error,
  warn: MessageType.Warning,
  info: MessageType.Info,
  debug: MessageType.Debug,
  trace: MessageType.Debug,
};

const secretSchema = v.object({ value: v.pipe(v.string(), v.nonEmpty()) });

const confirmedSchema = v.object({ confirmed: v.boolean() });
const proxySchema = v.tuple([v.nullish(v.string()), v.nullish(v.string()), v.nullish(v.array(v.string()))]);

type ProgressValue = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

export class Client {
  readonly #connection: ProtocolConnection;
  readonly #log: Logger;
  #tokens = 0;

  /** `log` must not write to this client: it hears of what could not be sent. */
  constructor(connection: ProtocolConnection, log: Logger) {
    this.#connection = connection;
    this.#log = log;
  }

  logMessage(level: Exclude<LogLevel, "off">, message: string): void {
    const params = { type: messageTypes[level], message };
    this.#send(() => this.#connection.sendNotification(LogMessageNotification.type, params));
  }

  showWarning(message: string): void {
    const type: MessageType = MessageType.Warning;
    this.#send(() => this.#connection.sendNotification(ShowMessageNotification.type, { type, message }));
  }

  status(params: StatusParams): void {
    this.#send(() => this.#connection.sendNotification(statusNotification.method, params));
  }

  /** The client's `hearth` settings; undefined when it has none or fails to answer. */
  async configuration(): Promise<unknown> {
    const answer = await this.#ask(() =>
      this.#connection.sendRequest(ConfigurationRequest.type, { items: [{ section: "hearth" }] }),
    );
    const settings: unknown = Array.isArray(answer) ? answer[0] : undefined;
    return settings ?? undefined;
  }

  /** The API key that the client keeps for this origin; undefined when it keeps none or fails to answer. */
  async secret(origin: string): Promise<string | undefined> {
    const answer = await this.#ask(() => this.#connection.sendRequest(secretRequest.method, { origin }));
    const result = v.safeParse(secretSchema, answer);
    return result.success ? result.output.value : undefined;
  }

  pullProgress(params: PullProgressParams): void {
    this.#send(() => this.#connection.sendNotification(pullProgressNotification.method, params));
  }

  chatPart(params: ChatPartParams): void {
    this.#send(() => this.#connection.sendNotification(chatPartNotification.method, params));
  }

  /** Undefined where the client does not answer such a question; it is cancelled with `signal`. */
  async confirmFetch(params: ConfirmFetchParams, signal: AbortSignal): Promise<boolean | undefined> {
    const cancel = new CancellationTokenSource();
    const unlisten = onAbort(signal, () => cancel.cancel());
    const { method } = confirmFetchRequest;
    const answer = await this.#ask(() => this.#connection.sendRequest(method, params, cancel.token));
    unlisten();
    const result = v.safeParse(confirmedSchema, answer);
    return result.success ? result.output.confirmed : undefined;
  }

  /** The editor's own proxy; undefined where the client has no such settings. */
  async proxy(): Promise<EditorProxy | undefined> {
    const items = ["http.proxySupport", "http.proxy", "http.noProxy"].map((section) => ({ section }));
    const answer = await this.#ask(() => this.#connection.sendRequest(ConfigurationRequest.type, { items }));
    const result = v.safeParse(proxySchema, answer);
    if (!result.success) return undefined;
    const [support, proxy, noProxy] = result.output;
    return { support: support ?? "", proxy: proxy ?? "", noProxy: noProxy ?? [] };
  }

  watchFiles(): Promise<void> {
    return this.#register("hearth.watch", DidChangeWatchedFilesNotification.method, {
      watchers: [{ globPattern: "**/*" }],
    });
  }

  watchConfiguration(): Promise<void> {
    return this.#register("hearth.configuration", DidChangeConfigurationNotification.method, {
      section: "hearth",
    });
  }

  /** Undefined when the client refuses to show one: no progress may be sent then. */
  async beginProgress(title: string): Promise<ShownProgress | undefined> {
    const token = `hearth/${++this.#tokens}`;
    const accepted = await this.#ask(async () => {
      await this.#connection.sendRequest(WorkDoneProgressCreateRequest.type, { token });
      return true;
    });
    return accepted ? this.progressOf(token, title) : undefined;
  }

  /** For a token that came from the client, which shows what it wants of it. */
  progressOf(token: ProgressToken, title: string): ShownProgress {
    const send = (value: ProgressValue) =>
      this.#send(() => this.#connection.sendProgress(WorkDoneProgress.type, token, value));
    send({ kind: "begin", title });
    return {
      report: (message, percentage) =>
        send({ kind: "report", message, ...(percentage === undefined ? {} : { percentage }) }),
      end: (message) => send({ kind: "end", message }),
    };
  }

  async #register(id: string, method: string, registerOptions: object): Promise<void> {
    const registrations = [{ id, method, registerOptions }];
    await this.#ask(() => this.#connection.sendRequest(RegistrationRequest.type, { registrations }));
  }

  #send(send: () => Promise<void>): void {
    void this.#ask(send);
  }

  async #ask<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      this.#log.log("debug", `the client did not take a message: ${String(error)}`);
      return undefined;
    }
  }
}
