/** Which source answers when: one table. */

import type { ModelState } from "./completion-model.ts";
import type { CompletionRequest } from "./completion-outcome.ts";

export type Source = "builtin" | "model" | "wait-for-model" | "report-failure" | "nobody";

/**
 * While a person types, the built-in completer stands in for a model that is not ready; a person who asks
 * by hand, or on the command line, gets the model that was chosen or hears why not.
 */
const policy: Readonly<Record<ModelState["kind"], Readonly<Record<CompletionRequest["trigger"], Source>>>> = {
  off: { automatic: "nobody", manual: "nobody" },
  none: { automatic: "builtin", manual: "builtin" },
  loading: { automatic: "builtin", manual: "wait-for-model" },
  ready: { automatic: "model", manual: "model" },
  failed: { automatic: "builtin", manual: "report-failure" },
};

export function chooseSource(state: ModelState, trigger: CompletionRequest["trigger"]): Source {
  return policy[state.kind][trigger];
}
