/** One client of the host: admitted after the handshake; what it held is released when it goes, however it goes. */

import type { Socket } from "node:net";
import * as v from "valibot";
import { createMessageConnection, type MessageConnection } from "vscode-jsonrpc/node";
import type { Clock } from "../../base/clock.ts";
import type { Disposable } from "../../base/disposable.ts";
import { FramedMessageReader } from "../../base/framed-message-reader.ts";
import { FramedMessageWriter } from "../../base/framed-message-writer.ts";
import type { Logger } from "../../base/log.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { exposeRuntime, handled } from "../wire/expose-runtime.ts";
import { awaitGreeting, type HostIdentity } from "./handshake.ts";
import type { ModelLease, ModelRegistry } from "./model-registry.ts";
import {
  closeRequest,
  closeSchema,
  forgiveRequest,
  type HostMetrics,
  hostLog,
  type ModelEvent,
  metricsRequest,
  modelEvent,
  modelSpecSchema,
  type Opened,
  openRequest,
  readingLimits,
} from "./protocol.ts";

/** One that does not prove itself in this time is sent away, and does not keep the host alive. */
const greetingMs = 10_000;

export interface SessionOptions {
  readonly clock: Clock;
  readonly socket: Socket;
  readonly identity: HostIdentity;
  readonly models: ModelRegistry;
  readonly metrics: () => Promise<HostMetrics>;
  readonly onAdmit: () => void;
  readonly onClose: () => void;
}

export class Session implements Disposable {
  readonly #options: SessionOptions;
  readonly #reader: FramedMessageReader;
  readonly #connection: MessageConnection;
  readonly #leases: ModelLease[] = [];
  readonly #patience: Disposable;
  /** Aborts when the client has gone; its leases end with it. */
  readonly #gone = new AbortController();
  #admitted = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { socket, identity, clock } = options;
    this.#patience = clock.after(greetingMs, () => socket.destroy());
    this.#reader = new FramedMessageReader(socket, readingLimits);
    this.#connection = createMessageConnection(this.#reader, new FramedMessageWriter(socket));
    awaitGreeting(this.#connection, identity, {
      admit: () => this.#admit(),
      reject: () => socket.destroy(),
    });
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#close());
    this.#connection.onError(() => socket.destroy());
    this.#connection.listen();
  }

  tellModel(event: ModelEvent): void {
    void this.#tell(() => this.#connection.sendNotification(modelEvent, event));
  }

  tellLog(level: Parameters<Logger["log"]>[0], message: string): void {
    void this.#tell(() => this.#connection.sendNotification(hostLog, { level, message }));
  }

  dispose(): void {
    this.#options.socket.destroy();
  }

  /** A client that cannot be told anything any more is gone. */
  async #tell(send: () => Promise<void>): Promise<void> {
    if (!this.#admitted || this.#gone.signal.aborted) return;
    try {
      await send();
    } catch {
      this.#options.socket.destroy();
    }
  }

  #admit(): void {
    if (this.#admitted) return;
    this.#admitted = true;
    this.#reader.trust();
    this.#patience.dispose();
    this.#options.onAdmit();
    this.#connection.onRequest(openRequest, (raw) =>
      handled(modelSpecSchema, raw, (spec) => this.#open(spec)),
    );
    this.#connection.onRequest(closeRequest, (raw) =>
      handled(closeSchema, raw, ({ model }) => this.#release(model)),
    );
    this.#connection.onRequest(forgiveRequest, async () => {
      await this.#options.models.forgive();
      return true;
    });
    this.#connection.onRequest(metricsRequest, () =>
      handled(v.undefined(), undefined, this.#options.metrics),
    );
    exposeRuntime(this.#connection, (model) => this.#leaseOf(model).runtime);
  }

  async #open(spec: v.InferOutput<typeof modelSpecSchema>): Promise<Opened> {
    const lease = await this.#options.models.open(spec, this.#gone.signal);
    this.#leases.push(lease);
    return { model: lease.model, info: lease.info };
  }

  #release(model: string): boolean {
    const index = this.#leases.findIndex((lease) => lease.model === model);
    this.#leases.splice(index, index < 0 ? 0 : 1)[0]?.dispose();
    return index >= 0;
  }

  #leaseOf(model: string): ModelLease {
    const lease = this.#leases.find((held) => held.model === model);
    if (!lease) throw new RuntimeError("refused", "The model is not open on this connection.");
    return lease;
  }

  #close(): void {
    this.#gone.abort();
    this.#patience.dispose();
    this.#connection.dispose();
    this.#options.onClose();
  }
}
