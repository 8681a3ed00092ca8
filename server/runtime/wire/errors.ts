/** Errors across a process boundary: `{code, message}`, and what a lost connection means to the one who waits. */

import * as v from "valibot";
import { ErrorCodes, ResponseError } from "vscode-jsonrpc/node";
import {
  RuntimeError,
  type RuntimeErrorCode,
  runtimeErrorCodes,
  toRuntimeError,
} from "../../model/runtime-error.ts";

const carried = v.object({ code: v.picklist(runtimeErrorCodes) });
/** In the range that JSON-RPC leaves to servers. */
const runtimeFailure = -32_050;

export function toResponseError(error: unknown): ResponseError<{ readonly code: RuntimeErrorCode }> {
  const { code, message } = toRuntimeError(error);
  return new ResponseError(runtimeFailure, message, { code });
}

/** What a broken connection means to the requests that were in flight. */
export interface LostConnection {
  readonly code: RuntimeErrorCode;
  readonly message: string;
}

export function fromWire(error: unknown, lost: LostConnection): RuntimeError {
  if (error instanceof RuntimeError) return error;
  if (!(error instanceof ResponseError)) return new RuntimeError(lost.code, lost.message, { cause: error });
  const data = v.safeParse(carried, error.data);
  if (data.success) return new RuntimeError(data.output.code, error.message);
  const broken =
    error.code === ErrorCodes.PendingResponseRejected || error.code === ErrorCodes.MessageWriteError;
  return broken
    ? new RuntimeError(lost.code, lost.message, { cause: error })
    : new RuntimeError("internal", error.message, { cause: error });
}
