/** What the server says to its client and asks of it. A client that has gone is not an error here. */

import * as v from "valibot";
import {
  ConfigurationRequest,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  LogMessageNotification,
  MessageType,
  type ProtocolConnection,
  RegistrationRequest,
  ShowMessageNotification,
  WorkDoneProgress,
  type WorkDoneProgressBegin,
  WorkDoneProgressCreateRequest,
  type WorkDoneProgressEnd,
  type WorkDoneProgressReport,
} from "vscode-languageserver-protocol/node";
import type { Logger, LogLevel } from "../base/log.ts";
import { secretRequest } from "../protocol/secret.ts";
import { type StatusParams, statusNotification } from "../protocol/status.ts";

/** What a client shows while something long runs. */
export interface ShownProgress {
  report(message: string): void;
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
    if (!accepted) return undefined;
    const send = (value: ProgressValue) =>
      this.#send(() => this.#connection.sendProgress(WorkDoneProgress.type, token, value));
    send({ kind: "begin", title });
    return {
      report: (message) => send({ kind: "report", message }),
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
