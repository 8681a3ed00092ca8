/**
 * One program kept alive while it is in use: started again when it ends, at once the first time and later each time
 * after. Three failures in a row and it stays down.
 */

import { delay } from "../../base/clock.ts";
import { RuntimeError, toRuntimeError } from "../../model/runtime-error.ts";
import { Backoff } from "../host/backoff.ts";
import type { EndCause } from "./output-causes.ts";
import type { Program, ProgramState, RunningProgram } from "./program.ts";
import { type Started, StartFailure, type StartPorts, startProgram } from "./start-program.ts";

export type SupervisedPorts = Omit<StartPorts, "onProgress"> & {
  readonly onState: (state: ProgramState) => void;
};

const mostFailures = 3;
/** A port that was free is seldom taken a moment later, and hardly ever so often. */
const mostTakenPorts = 5;

export class SupervisedProgram {
  readonly #program: Program;
  readonly #ports: SupervisedPorts;
  readonly #backoff: Backoff;
  #use = new AbortController();
  #running: Promise<RunningProgram> | undefined;
  #waitMs = 0;
  #takenPorts = 0;
  #hasRun = false;
  #down: RuntimeError | undefined;

  constructor(program: Program, ports: SupervisedPorts) {
    this.#program = program;
    this.#ports = ports;
    this.#backoff = new Backoff(ports.clock);
  }

  /** Why it is not started again. */
  get down(): RuntimeError | undefined {
    return this.#down;
  }

  running(): Promise<RunningProgram> {
    if (this.#down) return Promise.reject(this.#down);
    this.#running ??= this.#start(this.#use.signal);
    return this.#running;
  }

  /** Ends the process, also one that is starting. The next `running` starts another. */
  end(): void {
    this.#use.abort();
    this.#use = new AbortController();
    this.#running = undefined;
  }

  /** Forgets its failures. */
  forgive(): void {
    this.#down = undefined;
    this.#waitMs = 0;
    this.#backoff.forgive();
  }

  async #start(signal: AbortSignal): Promise<RunningProgram> {
    const { clock } = this.#ports;
    for (;;) {
      await delay(clock, this.#waitMs, signal);
      if (signal.aborted) throw new RuntimeError("runtime-crashed", "The model was unloaded.");
      this.#backoff.born();
      this.#report({ state: this.#hasRun ? "restarting" : "starting" }, signal);
      try {
        return this.#keep(await this.#startOnce(signal), signal);
      } catch (thrown) {
        if (signal.aborted) continue;
        this.#note(causeOf(thrown), signal);
        if (this.#down) throw this.#down;
      }
    }
  }

  #startOnce(signal: AbortSignal): Promise<Started> {
    const state = this.#hasRun ? "restarting" : "starting";
    const onProgress = (progress: number | undefined) =>
      this.#report({ state, ...(progress === undefined ? {} : { progress }) }, signal);
    const again = this.#hasRun ? ({ again: true } as const) : {};
    return startProgram(this.#program, { ...this.#ports, ...again, onProgress }, signal);
  }

  #keep({ pid, at, ended }: Started, signal: AbortSignal): RunningProgram {
    this.#ports.log.log("info", `${this.#program.name} runs as process ${pid} at ${at.url}.`);
    this.#hasRun = true;
    this.#takenPorts = 0;
    void ended.then((cause) => this.#ended(cause, signal));
    this.#report({ state: "ready" }, signal);
    const served = () => this.#backoff.forgive();
    return { pid, at, ended: ended.then(({ error }) => error), served };
  }

  #ended(cause: EndCause, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#running = undefined;
    // Whatever ended it, it was able to run.
    this.#note({ ...cause, next: "try-again" }, signal);
    if (this.#down) return;
    this.running().catch((error: unknown) => {
      this.#ports.log.log("warn", `${this.#program.name} did not come back: ${String(error)}`);
    });
  }

  /** Decides what becomes of a program that failed. */
  #note(end: EndCause, signal: AbortSignal): void {
    const { error, next: usual } = end;
    const next = this.#program.replaced === error.code ? "no-use" : usual;
    this.#ports.log.log("warn", error.message);
    if (this.#program.otherwise?.(end)) return;
    if (next === "another-port" && ++this.#takenPorts < mostTakenPorts) return;
    this.#waitMs = this.#backoff.died();
    if (next === "no-use" || this.#backoff.deaths >= mostFailures) {
      this.#down = next === "no-use" ? error : staysDown(error);
      this.#running = undefined;
      this.#report({ state: "down", error: this.#down }, signal);
    } else {
      this.#report({ state: "restarting", error }, signal);
    }
  }

  #report(state: ProgramState, signal: AbortSignal): void {
    if (!signal.aborted) this.#ports.onState(state);
  }
}

function causeOf(thrown: unknown): EndCause {
  if (thrown instanceof StartFailure) return thrown.endCause;
  return { error: toRuntimeError(thrown), next: "try-again" };
}

/** What has a name and a mend of its own keeps them. */
function staysDown(error: RuntimeError): RuntimeError {
  if (error.code !== "runtime-crashed") return error;
  const { sentence, values } = error;
  return new RuntimeError("runtime-down", sentence, { values, cause: error });
}
