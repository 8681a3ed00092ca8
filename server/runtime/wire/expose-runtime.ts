/** Answers the model contract's messages on a connection with a runtime. The other end is `remote-runtime.ts`. */

import * as v from "valibot";
import type { CancellationToken, MessageConnection } from "vscode-jsonrpc/node";
import { onAbort } from "../../base/abort.ts";
import type { ModelRuntime, StreamPart } from "../../model/model-runtime.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { toResponseError } from "./errors.ts";
import {
  chatRequest,
  chatSchema,
  countRequest,
  countSchema,
  embedRequest,
  embedSchema,
  infillRequest,
  infillSchema,
  type StreamEnd,
  streamPart,
  warmRequest,
  warmSchema,
} from "./model-protocol.ts";

type Task<T> = (signal: AbortSignal) => Promise<T>;

/** The runtime of a model's name on this connection; throws a RuntimeError when there is none. */
export type RuntimeOf = (model: string) => ModelRuntime;

/** A connection that is disposed or lost cancels what runs for it: vscode-jsonrpc forgets its tokens uncancelled. */
export function exposeRuntime(connection: MessageConnection, runtimeOf: RuntimeOf): void {
  const closed = new AbortController();
  connection.onDispose(() => closed.abort());
  connection.onClose(() => closed.abort());
  const running = <T>(token: CancellationToken, task: Task<T>) => whileWanted(token, closed.signal, task);
  connection.onRequest(infillRequest, (raw, token) =>
    handled(infillSchema, raw, ({ model, stream, request }) =>
      running(token, (signal) => relay(connection, stream, runtimeOf(model).infill(request, signal))),
    ),
  );
  connection.onRequest(chatRequest, (raw, token) =>
    handled(chatSchema, raw, ({ model, stream, request }) =>
      running(token, (signal) => relay(connection, stream, runtimeOf(model).chat(request, signal))),
    ),
  );
  connection.onRequest(embedRequest, (raw, token) =>
    handled(embedSchema, raw, ({ model, request }) =>
      running(token, async (signal) => (await runtimeOf(model).embed(request, signal)).map(toBase64)),
    ),
  );
  connection.onRequest(countRequest, (raw) =>
    handled(countSchema, raw, ({ model, text }) => runtimeOf(model).countTokens(text)),
  );
  connection.onRequest(warmRequest, (raw, token) =>
    handled(warmSchema, raw, ({ model, request }) =>
      running(token, (signal) => runtimeOf(model).warm(request, signal)),
    ),
  );
}

/** Reads a message through its schema and answers it, errors as `wireErrorSchema` says. */
export async function handled<Schema extends v.GenericSchema, Result>(
  schema: Schema,
  raw: unknown,
  answer: (params: v.InferOutput<Schema>) => Promise<Result> | Result,
): Promise<Result> {
  try {
    const params = v.safeParse(schema, raw);
    if (!params.success)
      throw new RuntimeError("refused", "A message has a wrong form: {0}", {
        values: [v.summarize(params.issues)],
      });
    return await answer(params.output);
  } catch (error) {
    throw toResponseError(error);
  }
}

/** Runs a task whose signal aborts when the token is cancelled or the connection is gone. */
async function whileWanted<T>(token: CancellationToken, closed: AbortSignal, task: Task<T>): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const listener = token.onCancellationRequested(abort);
  const forget = onAbort(closed, abort);
  if (token.isCancellationRequested) abort();
  try {
    return await task(controller.signal);
  } finally {
    forget();
    listener.dispose();
  }
}

async function relay(
  connection: MessageConnection,
  stream: string,
  parts: AsyncIterable<StreamPart>,
): Promise<StreamEnd> {
  for await (const part of parts) {
    if (part.kind === "stream-end") return { reason: part.reason, usage: part.usage };
    await connection.sendProgress(streamPart, stream, part);
  }
  throw new RuntimeError("internal", "A stream ended without saying how.");
}

function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}
