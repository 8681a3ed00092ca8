/** The runtime host: listens, keeps one session per client, and ends itself when none has been there for a while. */

import { chmod, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import type { Clock } from "../../base/clock.ts";
import type { Disposable } from "../../base/disposable.ts";
import type { Logger } from "../../base/log.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import type { HostAddress } from "./address.ts";
import { writeKey } from "./handshake.ts";
import type { LoadMeasurements } from "./load-measurements.ts";
import { ModelRegistry } from "./model-registry.ts";
import type { LadderPorts, LlamaBuilds } from "./model-source.ts";
import type { HostMetrics } from "./protocol.ts";
import { Session } from "./session.ts";

export interface HostOptions {
  readonly address: HostAddress;
  readonly childEntry: string;
  readonly clock: Clock;
  readonly idleMs: number;
  readonly log: Logger;
  readonly ladder: LadderPorts;
  readonly loads?: LoadMeasurements | undefined;
  readonly builds: LlamaBuilds;
  /** Its programs end with the host. */
  readonly supervisor: Supervisor;
  /** Called once, when the host has nothing left to do. */
  readonly onIdle: () => void;
}

/** The one who started the host is on the way to it; a busy machine may take this long. */
const firstClientMs = 10_000;

export class Host implements Disposable {
  readonly #options: HostOptions;
  readonly #server: Server;
  readonly #sessions = new Set<Session>();
  readonly #models: ModelRegistry;
  readonly #startedAt: number;
  #key = "";
  #idle: Disposable | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
    const { childEntry, clock, idleMs, ladder, loads, builds, supervisor } = options;
    this.#startedAt = clock.now();
    const log: Logger = { log: (level, message) => this.#tell(level, message) };
    this.#models = new ModelRegistry({
      childEntry,
      clock,
      idleMs,
      log,
      ladder,
      loads,
      builds,
      programs: supervisor,
      onEvent: (event) => {
        for (const session of this.#sessions) session.tellModel(event);
      },
    });
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Call with the lock of the address held: what lies at it is of the dead. */
  async listen(): Promise<void> {
    const { socket, keyFile } = this.#options.address;
    const isPipe = process.platform === "win32";
    if (!isPipe) await rm(socket, { force: true });
    this.#key = await writeKey(keyFile);
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(socket, resolve);
    });
    if (!isPipe) await chmod(socket, 0o600);
    this.#rest(Math.max(firstClientMs, this.#options.idleMs));
  }

  dispose(): void {
    this.#idle?.dispose();
    this.#server.close();
    for (const session of this.#sessions) session.dispose();
    this.#models.dispose();
    this.#options.supervisor.dispose();
  }

  #accept(socket: Socket): void {
    this.#idle?.dispose();
    const session = new Session({
      socket,
      clock: this.#options.clock,
      identity: { key: this.#key, pid: process.pid },
      models: this.#models,
      metrics: () => this.#metrics(),
      // A new window, a restarted one or a command: a person wants it to work now.
      onAdmit: () => this.#options.supervisor.forgive(),
      onClose: () => {
        this.#sessions.delete(session);
        this.#rest(this.#options.idleMs);
      },
    });
    this.#sessions.add(session);
  }

  #rest(ms: number): void {
    if (this.#sessions.size > 0) return;
    this.#idle?.dispose();
    this.#idle = this.#options.clock.after(ms, this.#options.onIdle);
  }

  #tell(level: Parameters<Logger["log"]>[0], message: string): void {
    this.#options.log.log(level, message);
    for (const session of this.#sessions) session.tellLog(level, message);
  }

  async #metrics(): Promise<HostMetrics> {
    return {
      pid: process.pid,
      upSeconds: Math.round((this.#options.clock.now() - this.#startedAt) / 1000),
      memoryBytes: process.memoryUsage.rss(),
      clients: this.#sessions.size,
      models: [...(await this.#models.metrics())],
      failures: [...this.#models.failures],
    };
  }
}
