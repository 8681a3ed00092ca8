/** Ticks the steps of the walkthrough off, each when what it is about has happened, wherever that was. */

import type { StatusParams } from "../../server/protocol/status.ts";

/** Context keys, which the walkthrough in the manifest waits for. */
export type SetupStep =
  | "hearth.setup.suggested"
  | "hearth.setup.planned"
  | "hearth.setup.hasModel"
  | "hearth.setup.modelSuggested";

export class SetupSteps {
  readonly #done: (step: SetupStep) => void;
  readonly #told = new Set<SetupStep>();
  #hasModel = false;

  /** `done` is called once for each step. */
  constructor(done: (step: SetupStep) => void) {
    this.#done = done;
  }

  /** The editor was given something to show. */
  suggested(): void {
    this.#tick("hearth.setup.suggested");
    if (this.#hasModel) this.#tick("hearth.setup.modelSuggested");
  }

  planned(): void {
    this.#tick("hearth.setup.planned");
  }

  serverSaid(status: StatusParams | undefined): void {
    const runtime = status?.roles.complete.runtime ?? "none";
    this.#hasModel = runtime !== "builtin" && runtime !== "none";
    if (this.#hasModel) this.#tick("hearth.setup.hasModel");
  }

  #tick(step: SetupStep): void {
    if (this.#told.has(step)) return;
    this.#told.add(step);
    this.#done(step);
  }
}
