/**
 * The processes that this host has started, one for all who want the same: each ends with the last lease on it, with
 * the host, or, when the host is killed, at the start of the next one.
 */

import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import type { Disposable } from "../../base/disposable.ts";
import type { Logger } from "../../base/log.ts";
import { identityOf, type ProcessIdentity } from "./process-identity.ts";
import { ProcessRecords } from "./process-records.ts";
import type { Program, ProgramLease, ProgramState, Programs } from "./program.ts";
import { SupervisedProgram } from "./supervised-program.ts";

export interface SupervisorOptions {
  readonly home: string;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Entry {
  readonly program: SupervisedProgram;
  readonly listeners: Set<(state: ProgramState) => void>;
}

export class Supervisor implements Programs, Disposable {
  readonly #options: SupervisorOptions;
  readonly #records: ProcessRecords;
  readonly #host: ProcessIdentity;
  readonly #entries = new Map<string, Entry>();

  private constructor(options: SupervisorOptions, host: ProcessIdentity) {
    this.#options = options;
    this.#records = new ProcessRecords(join(options.home, "run"));
    this.#host = host;
  }

  /** Ends what hosts that were killed have left. Call with the lock of the host's address held. */
  static async create(options: SupervisorOptions): Promise<Supervisor> {
    const host = (await identityOf(process.pid)) ?? { pid: process.pid, startedAt: "unknown" };
    const supervisor = new Supervisor(options, host);
    for (const { name, pid } of await supervisor.#records.cleanUp()) {
      options.log.log(
        "info",
        `Ended ${name}, process ${pid}, which an earlier runtime host had left behind.`,
      );
    }
    return supervisor;
  }

  use(program: Program, onState: (state: ProgramState) => void): ProgramLease {
    const { id } = program;
    const entry = this.#entries.get(id) ?? this.#create(program);
    // One function may be given twice.
    const listener = (state: ProgramState) => onState(state);
    entry.listeners.add(listener);
    return {
      running: () => entry.program.running(),
      dispose: () => {
        if (!entry.listeners.delete(listener) || entry.listeners.size > 0) return;
        entry.program.end();
        // What stays down does so for the next one, too; only memory comes and goes.
        const { down } = entry.program;
        if (!down || down.code === "out-of-memory") this.#entries.delete(id);
      },
    };
  }

  isUsed(id: string): boolean {
    return (this.#entries.get(id)?.listeners.size ?? 0) > 0;
  }

  /** Someone has asked by hand: what stayed down may try again. */
  forgive(): void {
    for (const [id, { program, listeners }] of this.#entries) {
      program.forgive();
      if (listeners.size === 0) this.#entries.delete(id);
    }
  }

  dispose(): void {
    for (const { program } of this.#entries.values()) program.end();
    this.#entries.clear();
  }

  #create(program: Program): Entry {
    const { clock, log } = this.#options;
    const listeners = new Set<(state: ProgramState) => void>();
    const onState = (state: ProgramState) => {
      for (const listener of listeners) listener(state);
    };
    const ports = { clock, log, records: this.#records, host: this.#host, onState };
    const entry = { program: new SupervisedProgram(program, ports), listeners };
    this.#entries.set(program.id, entry);
    return entry;
  }
}
