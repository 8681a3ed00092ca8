/** What can go wrong with a runtime, as a closed list. Features and faces match on `code`, never on text. */

export const runtimeErrorCodes = [
  "model-not-found",
  "model-invalid",
  "model-unsupported",
  "out-of-memory",
  "context-overflow",
  "runtime-crashed",
  "runtime-unreachable",
  "runtime-outdated",
  "capability-missing",
  "queue-full",
  "timeout",
  "refused",
  "internal",
] as const;
export type RuntimeErrorCode = (typeof runtimeErrorCodes)[number];

export class RuntimeError extends Error {
  readonly code: RuntimeErrorCode;

  constructor(code: RuntimeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "RuntimeError";
    this.code = code;
  }
}

/** Any thrown value as a RuntimeError; what is not one becomes `internal` with the value as its cause. */
export function toRuntimeError(thrown: unknown): RuntimeError {
  if (thrown instanceof RuntimeError) return thrown;
  return new RuntimeError("internal", thrown instanceof Error ? thrown.message : String(thrown), {
    cause: thrown,
  });
}
