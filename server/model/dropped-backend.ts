/** A build of llama.cpp that is here and not used, as a person is told it: that it is not, and why. */

import type { Localizer } from "../base/l10n.ts";
import type { BackendName, BackendTrial } from "./backend.ts";
import { describeStep, type StepDown } from "./describe-step.ts";
import { RuntimeError } from "./runtime-error.ts";

export interface DroppedBackend {
  readonly name: BackendName;
  readonly trial: Exclude<BackendTrial, { readonly kind: "works" }>;
}

export function explainDrop(dropped: DroppedBackend, localizer: Localizer): string {
  return describeStep(dropStep(dropped), localizer);
}

/** The same for one who waits for a model. */
export function dropStep({ name, trial }: DroppedBackend): StepDown {
  const said = new RuntimeError("runtime-crashed", "The build {0} of llama.cpp is not used.", {
    values: [name],
  });
  return { said, reason: reasonOf(trial) };
}

function reasonOf(trial: DroppedBackend["trial"]): RuntimeError {
  switch (trial.kind) {
    case "no-memory":
      return new RuntimeError("runtime-crashed", "It finds no GPU with memory.");
    case "refused":
      return new RuntimeError("runtime-crashed", "It does not start here ({0}).", { values: [trial.reason] });
    case "crashed":
      return new RuntimeError("runtime-crashed", "It crashed when it was tried ({0}).", {
        values: [trial.reason],
      });
    case "crashed-loading":
      return new RuntimeError("runtime-crashed", "It crashed when it loaded a model ({0}).", {
        values: [trial.reason],
      });
    case "hung":
      return new RuntimeError("runtime-crashed", "It did not answer within {0} seconds when it was tried.", {
        values: [trial.seconds],
      });
  }
}
