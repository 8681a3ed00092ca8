/** What a pull came to, as a client of the server gets it: one of a closed set, never an exception. */

import type { Localizer } from "../base/l10n.ts";
import { explainError } from "../model/explain-error.ts";
import { toRuntimeError } from "../model/runtime-error.ts";
import type { PullResult } from "../protocol/models.ts";
import { explainFetchError } from "./explain-fetch-error.ts";
import { FetchError } from "./fetch-error.ts";
import type { PulledModel } from "./pull-model.ts";

export async function pullOutcome(
  pull: () => Promise<PulledModel>,
  localizer: Localizer,
  signal: AbortSignal,
): Promise<PullResult> {
  try {
    const { state, model, bytes } = await pull();
    return { outcome: state, model, bytes };
  } catch (error) {
    if (signal.aborted) return { outcome: "cancelled" };
    if (!(error instanceof FetchError))
      return { outcome: "failed", error: explainError(toRuntimeError(error), localizer) };
    if (error.code === "declined") return { outcome: "declined" };
    return { outcome: "failed", error: explainFetchError(error, localizer) };
  }
}
