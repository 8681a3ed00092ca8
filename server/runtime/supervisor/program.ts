/** What the supervisor has to know of a program to start it, keep it alive and end it. */

import type { Disposable } from "../../base/disposable.ts";
import type { RuntimeError } from "../../model/runtime-error.ts";
import type { EndCause } from "./output-causes.ts";

/** Where one run of a program answers. Another run has another. */
export interface ProgramAddress {
  readonly port: number;
  /** On the loopback interface. */
  readonly url: string;
  /** A random secret; whether and how the program asks for it is the program's affair. */
  readonly key: string;
  /** Set where a run before was ready: what only readies a first one can be left out. */
  readonly again?: true;
}

export type Readiness =
  | { readonly state: "ready" }
  /** `progress` from 0 to 1, where the program says it. */
  | { readonly state: "starting"; readonly progress?: number };

export interface Program {
  /** Equal for all who mean the same process. What the settings say of it belongs in here: a change is another key. */
  readonly id: string;
  /** How errors and the log name it, such as `llama-server`. */
  readonly name: string;
  /** The file to run. */
  readonly path: string;
  /** Tried first; without one, or where it is taken, any free one. */
  readonly port?: number;
  /** Set where its user starts another in its place when memory runs out: it is not started again then. */
  readonly replaced?: "out-of-memory";
  /** What a start takes of main memory beside files at the very most; with more it is ended. Left out: any. */
  readonly mostStartBytes?: number;
  /** Whether the next run is started in another way that mends this: it is tried at once, as if nothing had been. */
  otherwise?(end: EndCause): boolean;
  /** Before each run. What it rejects with ends the start. */
  prepare?(): Promise<void>;
  arguments(at: ProgramAddress): readonly string[];
  /** Set on top of our own environment. Secrets go here: everyone can read the arguments of a process. */
  environment(at: ProgramAddress): Readonly<Record<string, string>>;
  /**
   * Whether a line of its output says that it listens there. Nobody else can write it: without it the program is
   * not ready, whoever answers on its port.
   */
  listens(line: string, at: ProgramAddress): boolean;
  /** Sends nothing that a stranger must not have. Asked again and again until it is ready. What it rejects with ends the start, unless it is that nobody answers. */
  check(at: ProgramAddress, signal: AbortSignal): Promise<Readiness>;
}

export type ProgramState =
  | { readonly state: "starting" | "restarting"; readonly progress?: number; readonly error?: RuntimeError }
  | { readonly state: "ready" }
  /** It is not started again until someone asks for that by hand, or the settings change. */
  | { readonly state: "down"; readonly error: RuntimeError };

export interface RunningProgram {
  readonly pid: number;
  readonly at: ProgramAddress;
  /** Resolves when it has ended, with the reason as far as it said one. */
  readonly ended: Promise<RuntimeError>;
  /** Notes that it was of use: its next death is not one of three in a row. */
  served(): void;
}

/** Whoever starts programs for others: the host's supervisor. */
export interface Programs {
  /** Starts nothing yet. `onState` is told what becomes of it until the lease is disposed. */
  use(program: Program, onState: (state: ProgramState) => void): ProgramLease;
  /** Whether somebody uses the program of that `id`. */
  isUsed(id: string): boolean;
}

/** A program in use. It ends with the last lease. */
export interface ProgramLease extends Disposable {
  /** The process that runs; waits for one that starts. Rejects with a RuntimeError when it does not stay up. */
  running(): Promise<RunningProgram>;
}
