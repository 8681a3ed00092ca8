/** Why a verb could not do its work, and what a verb comes to. */

import type { Paint } from "./paint.ts";
import { visibleText } from "./visible-text.ts";

/** The code is for scripts, the sentences are for a person, in the person's language. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly mend: string;
}

export type Outcome =
  | { readonly kind: "done"; readonly json: unknown; readonly text: string }
  /** `json` is printed with `--json`; left out, it is `{"error": …}`. */
  | { readonly kind: "failed"; readonly failure: Failure; readonly json?: unknown; readonly text?: string }
  /** What was typed was not understood. */
  | { readonly kind: "usage"; readonly message: string }
  /** It came piece by piece, and is out. */
  | { readonly kind: "printed" }
  | { readonly kind: "interrupted" };

export function failed(failure: Failure): Outcome {
  return { kind: "failed", failure };
}

/** Lines for standard error. */
export function failureText({ message, mend }: Failure, paint: Paint): string {
  return `${paint.bad(visibleText(message))}\n${mend === "" ? "" : `${visibleText(mend)}\n`}`;
}
