/** Who answers when: one table. */

import type { RuntimeError } from "../../model/runtime-error.ts";
import type { BoundModel, ModelState } from "./completion-model.ts";
import type { CompletionRequest } from "./completion-outcome.ts";

export type Source =
  | { readonly kind: "nobody" | "builtin" | "builtin-or-wait" | "wait-for-model" }
  | { readonly kind: "failure"; readonly error: RuntimeError }
  | { readonly kind: "model"; readonly model: BoundModel };

/**
 * While a person types, the built-in completer stands in for a model that is not ready. Where it has
 * nothing to say the model is waited for, since an editor does not ask again by itself. A person who asks by
 * hand, or on the command line, gets the model that was chosen or hears why not.
 */
export function chooseSource(state: ModelState, trigger: CompletionRequest["trigger"]): Source {
  const typing = trigger === "automatic";
  switch (state.kind) {
    case "off":
      return { kind: "nobody" };
    case "none":
      return { kind: "builtin" };
    case "choosing":
    case "loading":
      return { kind: typing ? "builtin-or-wait" : "wait-for-model" };
    case "failed":
      return typing ? { kind: "builtin" } : { kind: "failure", error: state.error };
    case "ready":
      return { kind: "model", model: state.model };
  }
}
