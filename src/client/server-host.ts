/**
 * Keeps one language server running: starts it, restarts it after a crash with growing waits, gives up
 * after several crashes in a row, stops it. A server crash never ends the editor.
 */

import { afterCrash } from "./restart-policy.ts";

/** One connection to one server process; `ended` is called once when it goes away by itself. */
export interface ServerConnection {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export type HostState = "stopped" | "starting" | "running" | "waiting" | "gave-up";

export interface ServerStart {
  /** A person has asked for it, after one before. */
  readonly restarted: boolean;
}

export interface ServerHostOptions<C extends ServerConnection> {
  readonly connect: (ended: (why: string) => void, start: ServerStart) => C;
  readonly onState: (state: HostState) => void;
  readonly log: (message: string) => void;
  readonly now: () => number;
  /** Calls back after `ms` milliseconds; returns the undo. */
  readonly after: (ms: number, callback: () => void) => () => void;
}

export class ServerHost<C extends ServerConnection> {
  readonly #options: ServerHostOptions<C>;
  readonly #crashes: number[] = [];
  #connection: C | undefined;
  #cancelWait: (() => void) | undefined;
  #state: HostState = "stopped";

  constructor(options: ServerHostOptions<C>) {
    this.#options = options;
  }

  get state(): HostState {
    return this.#state;
  }

  /** The connection that can answer now. */
  get running(): C | undefined {
    return this.#state === "running" ? this.#connection : undefined;
  }

  start(): Promise<void> {
    return this.#start({ restarted: false });
  }

  async #start(how: ServerStart): Promise<void> {
    if (this.#connection) return;
    this.#cancelWait?.();
    this.#become("starting");
    const connection = this.#options.connect((why) => this.#onEnded(connection, why), how);
    this.#connection = connection;
    try {
      await connection.start();
    } catch (error) {
      this.#onEnded(connection, messageOf(error));
      return;
    }
    if (this.#connection === connection) this.#become("running");
  }

  async stop(): Promise<void> {
    this.#cancelWait?.();
    const connection = this.#connection;
    this.#connection = undefined;
    this.#become("stopped");
    if (connection) await this.#release(connection);
  }

  /** The person asked for it: crashes before do not count any more, and a server that hangs is left behind. */
  async restart(): Promise<void> {
    this.#crashes.length = 0;
    await this.stop();
    await this.#start({ restarted: true });
  }

  /** A failed start and a closed connection may both report the same end; only the first counts. */
  #onEnded(connection: C, why: string): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    void this.#release(connection);
    const now = this.#options.now();
    this.#crashes.push(now);
    const next = afterCrash(this.#crashes, now);
    if (next.kind === "give-up") {
      this.#options.log(`the language server ended ${next.crashes} times in a row, not restarted: ${why}`);
      this.#become("gave-up");
      return;
    }
    this.#options.log(`the language server ended, restarting in ${next.afterMs} ms: ${why}`);
    this.#become("waiting");
    const undo = this.#options.after(next.afterMs, () => {
      this.#cancelWait = undefined;
      void this.start();
    });
    this.#cancelWait = () => {
      this.#cancelWait = undefined;
      undo();
    };
  }

  /** A server that hangs or is gone already cannot be stopped in order; what comes next does not need that. */
  async #release(connection: C): Promise<void> {
    try {
      await connection.stop();
    } catch (error) {
      this.#options.log(`the language server did not stop in order: ${messageOf(error)}`);
    }
  }

  #become(state: HostState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
