/**
 * The life of one connection: `initialize` makes the session, `shutdown` and `exit` end it, and so does a
 * client that vanishes or sends what is no protocol.
 *
 * Invariant: it ends once, with one reason, however many things end at the same time.
 */

import {
  createProtocolConnection,
  ErrorCodes,
  ExitNotification,
  type InitializeParams,
  InitializeRequest,
  type InitializeResult,
  type ProtocolConnection,
  ResponseError,
  ShutdownRequest,
} from "vscode-languageserver-protocol/node";
import type { Clock } from "../base/clock.ts";
import { type Disposable, DisposableStore } from "../base/disposable.ts";
import { FramingError } from "../base/framed-message-reader.ts";
import type { Language, Localizer } from "../base/l10n.ts";
import type { Logger } from "../base/log.ts";
import { Client } from "./client.ts";
import { type ClientProfile, toClientProfile } from "./convert/client-profile.ts";
import { onInitialize } from "./handlers/initialize.ts";
import type { CreateServices } from "./language-services.ts";
import { isProcessAlive, watchProcess } from "./lifetime.ts";
import { registerHandlers } from "./register-handlers.ts";
import { Session } from "./session.ts";
import { SessionLog } from "./session-log.ts";
import type { OpenTransport } from "./transport/open-transport.ts";

export interface LanguageServerPorts {
  readonly version: string;
  readonly transport: OpenTransport;
  readonly clock: Clock;
  /** HEARTH_HOME, unless the client names another folder. */
  readonly home: string;
  readonly localizer: (language: Language) => Localizer;
  /** The words of whoever started the process, before a client has named a language. */
  readonly ownWords: Localizer;
  /** The log file of a HEARTH_HOME; the server disposes it. */
  readonly openLog: (home: string) => Logger & Disposable;
  readonly createServices: CreateServices;
  /** One line for whoever started the process, where no client can be told. */
  readonly complain: (sentence: string) => void;
  /** Everything is released; the process may end with this status. */
  readonly onEnd: (status: number) => void;
}

export class LanguageServer implements Disposable {
  readonly #ports: LanguageServerPorts;
  readonly #connection: ProtocolConnection;
  readonly #store = new DisposableStore();
  #session: Session | undefined;
  #watch: Disposable | undefined;
  #state: "new" | "running" | "shut-down" | "ended" = "new";
  #skipped = 0;

  constructor(ports: LanguageServerPorts) {
    this.#ports = ports;
    const { reader, writer } = ports.transport;
    const complain = (message: string) => this.#report(message);
    const logger = { error: complain, warn: complain, info: ignore, log: ignore };
    this.#connection = createProtocolConnection(reader, writer, logger);
    this.#connection.onClose(() => this.end(this.#state === "shut-down" ? 0 : 1));
    this.#connection.onError(([error]) => this.#onTransportError(error));
    this.#connection.onRequest(InitializeRequest.type, (params) => this.#initialize(params));
    this.#connection.onRequest(ShutdownRequest.type, () => this.#shutDown());
    this.#connection.onNotification(ExitNotification.type, () =>
      this.end(this.#state === "shut-down" ? 0 : 1),
    );
    registerHandlers(this.#connection, () => this.#running());
    this.#connection.listen();
  }

  /** Releases everything, once, and hands over the exit status. */
  end(status: number): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.dispose();
    this.#ports.onEnd(status);
  }

  /** Ends when that process has died. A second one replaces the first. */
  watch(processId: number): void {
    const { clock } = this.#ports;
    const onDeath = () => this.end(this.#state === "shut-down" ? 0 : 1);
    this.#watch?.dispose();
    this.#watch = watchProcess({ processId, clock, isAlive: isProcessAlive, onDeath });
  }

  dispose(): void {
    this.#watch?.dispose();
    this.#store.dispose();
  }

  #initialize(params: InitializeParams): InitializeResult {
    if (this.#state !== "new") {
      throw new ResponseError(ErrorCodes.InvalidRequest, "initialize was already called");
    }
    const profile = this.#profileOf(params);
    const { clock, createServices, localizer, version } = this.#ports;
    const home = profile.storage ?? this.#ports.home;
    const file = this.#store.add(this.#ports.openLog(home));
    const client = new Client(this.#connection, file);
    const log = new SessionLog([file, { log: (level, message) => client.logMessage(level, message) }]);
    log.log("info", `hearth ${version} serves ${profile.name}`);
    const ports = {
      client,
      clock,
      createServices,
      home,
      localizer: localizer(profile.language),
      log,
      profile,
    };
    this.#session = this.#store.add(new Session(ports));
    this.#state = "running";
    if (profile.processId !== undefined) this.watch(profile.processId);
    return onInitialize(profile, version);
  }

  /** Params of a wrong form are refused, and the client may try again. */
  #profileOf(params: InitializeParams): ClientProfile {
    try {
      return toClientProfile(params);
    } catch (error) {
      const { t } = this.#ports.ownWords;
      throw new ResponseError(ErrorCodes.InvalidParams, t("A message has a wrong form: {0}", String(error)));
    }
  }

  #shutDown(): void {
    this.#running();
    this.#state = "shut-down";
  }

  /** The session, or the error that the protocol wants for a request that comes too early or too late. */
  #running(): Session {
    if (this.#session && this.#state === "running") return this.#session;
    throw this.#session
      ? new ResponseError(ErrorCodes.InvalidRequest, "the server is shut down")
      : new ResponseError(ErrorCodes.ServerNotInitialized, "initialize was not called");
  }

  #onTransportError(error: Error): void {
    if (error instanceof FramingError) {
      const { t } = this.#ports.ownWords;
      this.#ports.complain(t("This is not the language server protocol: {0}", error.message));
      this.end(1);
      return;
    }
    this.#report(error.message);
  }

  /** What was skipped is said to the log, and without one to standard error, there only the first time. */
  #report(message: string): void {
    if (this.#session) this.#session.log.log("error", message);
    else if (this.#skipped++ === 0) this.#ports.complain(message);
  }
}

/** The library's own chatter. */
function ignore(): void {}
