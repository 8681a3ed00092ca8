/** Errors across a process boundary, and what a lost connection means to the one who waits. */

import * as v from "valibot";
import { ErrorCodes, ResponseError } from "vscode-jsonrpc/node";
import { RuntimeError, runtimeErrorCodes, toRuntimeError } from "../../model/runtime-error.ts";

/** The sentence and its values travel apart: the one who tells a person knows the language. */
export const wireErrorSchema = v.object({
  code: v.picklist(runtimeErrorCodes),
  sentence: v.string(),
  values: v.array(v.union([v.string(), v.number()])),
  mend: v.exactOptional(v.string()),
});
export type WireError = v.InferOutput<typeof wireErrorSchema>;

/** In the range that JSON-RPC leaves to servers. */
const runtimeFailure = -32_050;

export function toWire({ code, sentence, values, mend }: RuntimeError): WireError {
  return { code, sentence, values: [...values], ...(mend === undefined ? {} : { mend }) };
}

export function ofWire({ code, sentence, ...options }: WireError): RuntimeError {
  return new RuntimeError(code, sentence, options);
}

export function toResponseError(thrown: unknown): ResponseError<WireError> {
  const error = toRuntimeError(thrown);
  return new ResponseError(runtimeFailure, error.message, toWire(error));
}

/** What a broken connection means to the requests that were in flight. */
export type LostConnection = (cause: unknown) => RuntimeError;

export function fromWire(error: unknown, lost: LostConnection): RuntimeError {
  if (error instanceof RuntimeError) return error;
  if (error instanceof v.ValiError) return strange(error);
  if (!(error instanceof ResponseError)) return lost(error);
  const data = v.safeParse(wireErrorSchema, error.data);
  if (data.success) return ofWire(data.output);
  const broken =
    error.code === ErrorCodes.PendingResponseRejected || error.code === ErrorCodes.MessageWriteError;
  return broken ? lost(error) : toRuntimeError(error);
}

/** One answer that cannot be read says nothing against the connection. */
function strange(cause: v.ValiError<v.GenericSchema>): RuntimeError {
  const places = cause.issues.map((issue) => v.getDotPath(issue) ?? issue.kind);
  return new RuntimeError("internal", "The runtime host answers what cannot be read: {0}.", {
    values: [[...new Set(places)].join(", ")],
    cause,
  });
}
