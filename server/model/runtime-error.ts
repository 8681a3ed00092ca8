/** What can go wrong with a runtime, as a closed list. Features and faces match on `code`, never on text. */

import { english, type LocalizedValue } from "../base/l10n.ts";

export const runtimeErrorCodes = [
  "model-not-found",
  "model-invalid",
  "model-unsupported",
  "out-of-memory",
  "context-overflow",
  "runtime-crashed",
  "runtime-unreachable",
  "runtime-down",
  "runtime-outdated",
  "capability-missing",
  "no-answer",
  "queue-full",
  "timeout",
  "refused",
  "internal",
] as const;
export type RuntimeErrorCode = (typeof runtimeErrorCodes)[number];

export interface RuntimeErrorOptions extends ErrorOptions {
  /** What stands for `{0}`, `{1}` … of the sentence. */
  readonly values?: readonly LocalizedValue[];
  /** The English sentence that says what mends just this; left out where the code's own does. */
  readonly mend?: string;
}

export class RuntimeError extends Error {
  readonly code: RuntimeErrorCode;
  /** The English sentence as it is written in the code: the key to a person's own language. */
  readonly sentence: string;
  readonly values: readonly LocalizedValue[];
  readonly mend: string | undefined;

  /** `message` is the sentence in English, for logs. */
  constructor(code: RuntimeErrorCode, sentence: string, options: RuntimeErrorOptions = {}) {
    const { values = [], mend, ...rest } = options;
    super(english.t(sentence, ...values), rest);
    this.name = "RuntimeError";
    this.code = code;
    this.sentence = sentence;
    this.values = values;
    this.mend = mend;
  }
}

/** Any thrown value as a RuntimeError; what is not one becomes `internal` with the value as its cause. */
export function toRuntimeError(thrown: unknown): RuntimeError {
  if (thrown instanceof RuntimeError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new RuntimeError("internal", "{0}", { values: [text], cause: thrown });
}
