/** A model of a program that Hearth starts: reached in each of its runs, and the program let go with the model. */

import { endedSoon } from "../supervisor/ended-soon.ts";
import type { Program, ProgramLease, ProgramState, RunningProgram } from "../supervisor/program.ts";
import { type Connected, ConnectedSource } from "./connected-source.ts";
import type { ModelSource, SourcePorts } from "./model-source.ts";

export interface StartedOptions {
  /** Asked when the model is first needed. */
  program(): Promise<Program>;
  connect(running: RunningProgram, signal: AbortSignal): Promise<Omit<Connected, "process">>;
}

export function startedSource(options: StartedOptions, ports: SourcePorts): ModelSource {
  const held = new HeldProgram(options, ports);
  return new ConnectedSource((_, signal) => held.connect(signal), ports, held);
}

class HeldProgram {
  readonly #options: StartedOptions;
  readonly #ports: SourcePorts;
  #lease: ProgramLease | undefined;
  #disposed = false;

  constructor(options: StartedOptions, ports: SourcePorts) {
    this.#options = options;
    this.#ports = ports;
  }

  /** A process that ends just then is none: the next one is reached. */
  async connect(signal: AbortSignal): Promise<Connected> {
    const lease = await this.#leased();
    for (;;) {
      const process = await lease.running();
      try {
        return { ...(await this.#options.connect(process, signal)), process };
      } catch (error) {
        if (signal.aborted || !(await endedSoon(process, this.#ports.clock, signal))) throw error;
      }
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#lease?.dispose();
  }

  async #leased(): Promise<ProgramLease> {
    if (this.#lease) return this.#lease;
    const program = await this.#options.program();
    const lease = this.#ports.programs.use(program, (state) => this.#tell(state));
    this.#lease = lease;
    if (this.#disposed) lease.dispose();
    return lease;
  }

  /** The connection says the rest. */
  #tell(state: ProgramState): void {
    if ((state.state !== "starting" && state.state !== "restarting") || state.progress === undefined) return;
    const { progress } = state;
    this.#ports.onState({ state: state.state === "starting" ? "loading" : "restarting", progress });
  }
}
