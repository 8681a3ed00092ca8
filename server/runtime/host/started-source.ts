/** A model of a program that Hearth starts: reached in each of its runs, and the program let go with the model. */

import { endedSoon } from "../supervisor/ended-soon.ts";
import type { Program, ProgramLease, ProgramState, RunningProgram } from "../supervisor/program.ts";
import type { Connected } from "./connected-source.ts";
import { type DescendingOptions, descendingSource } from "./descending-source.ts";
import { type DescentModel, isOutOfMemory, type Load } from "./descent.ts";
import type { ModelSource, SourcePorts } from "./model-source.ts";

export interface StartedOptions<M extends DescentModel>
  extends Pick<DescendingOptions<M>, "id" | "model" | "models"> {
  /** Another one for each way to load it; asked when it is first needed. */
  program(load: Load<M>): Promise<Program>;
  connect(running: RunningProgram, load: Load<M>, signal: AbortSignal): Promise<Omit<Connected, "process">>;
}

export function startedSource<M extends DescentModel>(
  options: StartedOptions<M>,
  ports: SourcePorts,
): ModelSource {
  const held = new HeldProgram(options, ports);
  const { id, model, models } = options;
  const connect = (load: Load<M>, signal: AbortSignal) => held.connect(load, signal);
  return descendingSource({ id, model, models, connect, held }, ports);
}

class HeldProgram<M extends DescentModel> {
  readonly #options: StartedOptions<M>;
  readonly #ports: SourcePorts;
  #lease: ProgramLease | undefined;
  #number = 0;
  #disposed = false;

  constructor(options: StartedOptions<M>, ports: SourcePorts) {
    this.#options = options;
    this.#ports = ports;
  }

  /** A process that ends just then is none: the next one is reached, unless memory ran out. */
  async connect(load: Load<M>, signal: AbortSignal): Promise<Connected> {
    const lease = await this.#leased(load);
    for (;;) {
      const process = await lease.running();
      try {
        return { ...(await this.#options.connect(process, load, signal)), process };
      } catch (error) {
        const end = signal.aborted ? undefined : await endedSoon(process, this.#ports.clock, signal);
        if (!end) throw error;
        if (isOutOfMemory(end)) throw end;
      }
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#lease?.dispose();
  }

  async #leased(load: Load<M>): Promise<ProgramLease> {
    if (this.#lease && this.#number === load.number) return this.#lease;
    this.#lease?.dispose();
    this.#number = load.number;
    const program = await this.#options.program(load);
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
