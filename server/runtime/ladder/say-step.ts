/** One sentence for each step down: what is loaded now instead. It holds while that is loaded, too. */

import { RuntimeError } from "../../model/runtime-error.ts";
import type { LadderModel, Rung, StepKind } from "./ladder.ts";

export interface SaidStep {
  readonly step: StepKind;
  readonly rung: Rung;
  /** What is loaded now. */
  readonly model: Pick<LadderModel, "name" | "layers">;
  /** The name of what was asked for. */
  readonly asked: string;
}

export function sayStep(said: SaidStep): RuntimeError {
  return sentences[said.step](said);
}

const sentences: Readonly<Record<StepKind, (said: SaidStep) => RuntimeError>> = {
  again: ({ model }) =>
    new RuntimeError("out-of-memory", "{0} is tried once more: memory ran out.", { values: [model.name] }),
  "half-context": ({ model, rung }) =>
    new RuntimeError(
      "out-of-memory",
      "{0} gets a context of {1} tokens: memory does not hold a longer one.",
      { values: [model.name, (rung.contextTokens ?? 0).toLocaleString("en")] },
    ),
  "fewer-layers": ({ model, rung }) =>
    new RuntimeError(
      "out-of-memory",
      "{0} gets {1} of its {2} layers on the GPU, whose memory does not hold more: it is slower.",
      { values: [model.name, rung.gpuLayers ?? 0, model.layers] },
    ),
  "smaller-model": ({ model, asked }) =>
    new RuntimeError("out-of-memory", "{0} is used in place of {1}, which memory does not hold.", {
      values: [model.name, asked],
    }),
  cpu: ({ model }) =>
    new RuntimeError(
      "out-of-memory",
      "{0} is computed by the CPU alone, since the GPU's memory does not hold it: it is slower.",
      { values: [model.name] },
    ),
};

/** Where no step is left. The failure itself says what there was too little of. */
export function sayPaused(failure: RuntimeError): RuntimeError {
  const { sentence, values } = failure;
  return new RuntimeError("out-of-memory", sentence, {
    values,
    mend: "Every way to load it was tried. Close other programs, or name a smaller model (hearth plan names what fits), then run Hearth: Restart.",
    cause: failure,
  });
}

/** Where nothing has changed since. */
export function sayStillPaused(name: string): RuntimeError {
  const failure = new RuntimeError("out-of-memory", "{0} did not fit in any way a moment ago.", {
    values: [name],
  });
  return sayPaused(failure);
}
