/**
 * The way to models that run on this machine: one connection to the runtime host, made when it is first
 * needed and again when it was lost.
 */

import { resolve } from "node:path";
import * as v from "valibot";
import { untilAborted } from "../../base/abort.ts";
import type { Clock } from "../../base/clock.ts";
import { type Disposable, toDisposable } from "../../base/disposable.ts";
import type { Logger } from "../../base/log.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import type { ModelRuntime } from "../../model/model-runtime.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { withReasoning } from "../../model/with-reasoning.ts";
import { fromWire, toWire } from "../wire/errors.ts";
import { ClientModel } from "./client-model.ts";
import { connectToHost, findHost, type HostConnection } from "./connect.ts";
import {
  forgiveRequest,
  type HostMetrics,
  hostLog,
  hostLogSchema,
  type ModelEvent,
  type ModelSpec,
  metricsRequest,
  metricsSchema,
  modelEvent,
  modelEventSchema,
} from "./protocol.ts";

export type { HostMetrics, ModelEvent, ModelSpec, RemoteSpec, SpecOf } from "./protocol.ts";
export { remoteModelName, startedModelName } from "./protocol.ts";

export interface OpenModel extends Disposable {
  readonly info: ModelInfo;
  /** Goes on working after a crash of the model or of the host: what was in flight fails, the next call starts them. */
  readonly runtime: ModelRuntime;
}

export interface HostClientOptions {
  readonly home: string;
  readonly entry: string;
  readonly childEntry: string;
  readonly log: Logger;
  /** How long the host stays when its last client has gone; counts for the client that starts it. */
  readonly idleMs?: number;
  /** A person has asked for a new start: what memory did not hold is tried in full again. */
  readonly forgives?: boolean;
  readonly clock: Clock;
}

const usualIdleMs = 30_000;

export class HostClient implements Disposable {
  readonly #options: HostClientOptions;
  readonly #listeners = new Set<(event: ModelEvent) => void>();
  readonly #models = new Map<string, ClientModel>();
  readonly #disposed = new AbortController();
  #connection: Promise<HostConnection> | undefined;
  #forgives: boolean;

  constructor(options: HostClientOptions) {
    this.#options = options;
    this.#forgives = options.forgives ?? false;
  }

  /**
   * Loads the model, or shares it. An abort ends the wait, with the signal's reason, and never the load.
   * Rejects with a RuntimeError.
   */
  async open(spec: ModelSpec, signal: AbortSignal): Promise<OpenModel> {
    // The host has a working folder of its own.
    const absolute = spec.runtime === "embedded" ? { ...spec, path: resolve(spec.path) } : spec;
    const key = JSON.stringify(absolute);
    const model = this.#models.get(key) ?? new ClientModel(absolute, () => this.#connected());
    this.#models.set(key, model);
    model.hold();
    const release = () => {
      if (model.release() === 0) this.#models.delete(key);
    };
    try {
      const info = await untilAborted(model.info(), signal);
      if (!info) throw signal.reason;
      let open = true;
      return {
        info,
        // The runtime's text holds the opening tag, also where the model's template wrote it.
        runtime: withReasoning(model.runtime, { opened: false }),
        dispose: () => {
          if (open) release();
          open = false;
        },
      };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Undefined when no host runs: looking does not start one, and the look alone does not keep one alive. */
  async metrics(): Promise<HostMetrics | undefined> {
    const { home, clock } = this.#options;
    const known = this.#connection;
    const found = known ? await known : await findHost(home, clock, this.#disposed.signal);
    if (!found) return undefined;
    try {
      const said = found.messages.sendRequest(metricsRequest);
      const metrics = await untilAborted(said, this.#disposed.signal);
      if (!metrics) throw new RuntimeError("runtime-unreachable", "The runtime host does not answer.");
      return v.parse(metricsSchema, metrics);
    } catch (error) {
      throw fromWire(
        error,
        (cause) => new RuntimeError("runtime-unreachable", "The runtime host is gone.", { cause }),
      );
    } finally {
      if (!known) found.dispose();
    }
  }

  /** What the host's models do: loading with progress, ready, restarting, failed. */
  onEvent(listener: (event: ModelEvent) => void): Disposable {
    this.#listeners.add(listener);
    return toDisposable(() => this.#listeners.delete(listener));
  }

  dispose(): void {
    this.#disposed.abort();
    this.#connection?.then(
      (connection) => connection.dispose(),
      () => undefined,
    );
    this.#listeners.clear();
    this.#models.clear();
  }

  #connected(): Promise<HostConnection> {
    this.#connection ??= this.#connect();
    return this.#connection;
  }

  async #connect(): Promise<HostConnection> {
    try {
      if (this.#disposed.signal.aborted)
        throw new RuntimeError("runtime-unreachable", "The client was closed.");
      const { home, entry, childEntry, clock, idleMs = usualIdleMs } = this.#options;
      const start = { home, entry, childEntry, idleMs };
      const connection = await connectToHost(start, clock, this.#disposed.signal);
      if (this.#disposed.signal.aborted) connection.dispose();
      this.#listen(connection);
      if (this.#forgives) this.#forgives = !(await saysForgiven(connection));
      void this.#forgetAfter(connection.closed);
      return connection;
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }

  async #forgetAfter(closed: Promise<void>): Promise<void> {
    await closed;
    this.#connection = undefined;
  }

  #listen({ messages, pid, closed }: HostConnection): void {
    const { log } = this.#options;
    log.log("debug", `Connected to the runtime host ${pid}.`);
    const awaited = new Set<string>();
    messages.onNotification(modelEvent, (raw) => {
      const event = v.safeParse(modelEventSchema, raw);
      if (!event.success) return;
      const { model, state } = event.output;
      if (state === "loading" || state === "restarting") awaited.add(model);
      else awaited.delete(model);
      this.#tell(event.output);
    });
    void this.#failAfter(closed, awaited);
    messages.onNotification(hostLog, (raw) => {
      const entry = v.safeParse(hostLogSchema, raw);
      if (entry.success && entry.output.level !== "off")
        log.log(entry.output.level, `host: ${entry.output.message}`);
    });
  }

  /** Of what was about to become ready nothing will be heard any more. */
  async #failAfter(closed: Promise<void>, awaited: ReadonlySet<string>): Promise<void> {
    await closed;
    const error = toWire(new RuntimeError("runtime-unreachable", "The runtime host is gone."));
    for (const model of awaited) this.#tell({ model, state: "failed", error });
  }

  #tell(event: ModelEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** A host that goes just then is not the one that will load anything. */
function saysForgiven({ messages }: HostConnection): Promise<boolean> {
  return messages.sendRequest(forgiveRequest).catch(() => false);
}
